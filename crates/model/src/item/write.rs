//! Tree → bytes, in one pass: sizes that are known only at the end are filled in then.

use std::cmp::Ordering;

use super::read::Cursor;
use super::{FORMAT, Item, TextRef, ValueRef, size, tag};
use crate::{AttributeMap, AttributeValue, Number};

/// Writes an item attribute by attribute, in name order.
pub(super) struct ItemWriter {
    bytes: Vec<u8>,
    item_bytes: usize,
}

/// Where the header's item size goes, after the format byte.
const ITEM_BYTES_AT: usize = 1;
/// Room that most items fit in without growing.
const SMALL_ITEM_BYTES: usize = 512;
/// Room for what most changes add to an item.
const SMALL_GROWTH_BYTES: usize = 128;
const U32_BYTES: usize = size_of::<u32>();

impl ItemWriter {
    pub(super) fn new() -> Self {
        Self::with_room(SMALL_ITEM_BYTES)
    }

    fn with_room(bytes: usize) -> Self {
        let mut bytes = Vec::with_capacity(bytes);
        bytes.push(FORMAT);
        bytes.extend([0; U32_BYTES]);
        Self { bytes, item_bytes: 0 }
    }

    pub(super) fn attribute(&mut self, name: &str, value: &AttributeValue) {
        write_text(name.as_bytes(), &mut self.bytes);
        self.item_bytes += name.len() + write_value(value, &mut self.bytes);
    }

    /// An attribute whose value is in its byte form already.
    pub(super) fn encoded_attribute(&mut self, name: TextRef<'_>, value: &[u8]) {
        write_text(name.as_bytes(), &mut self.bytes);
        self.bytes.extend_from_slice(value);
        self.item_bytes += name.len() + ValueRef::of_encoded(value).item_bytes();
    }

    /// An item's bytes with some attributes written or removed, in name order: what lies between
    /// them is copied at once, and counts as it did.
    pub(super) fn spliced<'v>(
        old: &[u8],
        changes: impl Iterator<Item = (&'v str, Option<&'v AttributeValue>)>,
    ) -> Self {
        let mut writer = Self::with_room(SMALL_ITEM_BYTES.max(old.len() + SMALL_GROWTH_BYTES));
        let mut rest = Cursor::new(old);
        writer.item_bytes = rest.header();
        for (name, value) in changes {
            writer.bytes.extend_from_slice(rest.entries_before(name));
            if let Some(replaced) = rest.entry(name) {
                writer.item_bytes -= name.len() + ValueRef::of_encoded(replaced).item_bytes();
            }
            if let Some(value) = value {
                writer.attribute(name, value);
            }
        }
        writer.bytes.extend_from_slice(rest.rest());
        writer
    }

    pub(super) fn finish(mut self) -> Item {
        fill_in(ITEM_BYTES_AT, self.item_bytes, &mut self.bytes);
        let item = Item { bytes: self.bytes.into() };
        debug_assert!(
            item.attributes().iter().is_sorted_by(|(one, _), (next, _)| one < next),
            "attributes are written in name order, each once"
        );
        item
    }
}

impl AttributeValue {
    /// Appends the byte form of one value.
    pub fn encode(&self, out: &mut Vec<u8>) {
        write_value(self, out);
    }
}

/// Appends a value; returns what it counts for in an item's size.
fn write_value(value: &AttributeValue, out: &mut Vec<u8>) -> usize {
    match value {
        AttributeValue::S(text) => write_tagged(tag::S, text.as_bytes(), out),
        AttributeValue::N(number) => {
            out.push(tag::N);
            write_number(*number, out)
        }
        AttributeValue::B(bytes) => write_tagged(tag::B, bytes, out),
        AttributeValue::Null => write_atom(tag::NULL, out),
        AttributeValue::Bool(false) => write_atom(tag::FALSE, out),
        AttributeValue::Bool(true) => write_atom(tag::TRUE, out),
        AttributeValue::Ss(set) => write_container(tag::SS, out, |out| {
            set.iter().map(|text| write_text(text.as_bytes(), out)).sum()
        }),
        AttributeValue::Ns(set) => write_container(tag::NS, out, |out| {
            set.iter().map(|number| write_number(*number, out)).sum()
        }),
        AttributeValue::Bs(set) => write_container(tag::BS, out, |out| {
            set.iter().map(|bytes| write_text(bytes, out)).sum()
        }),
        AttributeValue::L(list) => write_container(tag::L, out, |out| {
            size::of_document(list.iter().map(|element| write_value(element, out)))
        }),
        AttributeValue::M(map) => write_container(tag::M, out, |out| write_map(map, out)),
    }
}

fn write_map(map: &AttributeMap, out: &mut Vec<u8>) -> usize {
    size::of_document(
        map.iter().map(|(name, value)| write_text(name.as_bytes(), out) + write_value(value, out)),
    )
}

fn write_atom(tag: u8, out: &mut Vec<u8>) -> usize {
    out.push(tag);
    size::ATOM
}

fn write_tagged(tag: u8, text: &[u8], out: &mut Vec<u8>) -> usize {
    out.push(tag);
    write_text(text, out)
}

fn write_number(number: Number, out: &mut Vec<u8>) -> usize {
    let length_at = out.len();
    out.push(0);
    number.encode(out);
    debug_assert!(out.len() - length_at - 1 < 0x80, "a longer length would take two bytes");
    // A number's byte form is shorter than 128 bytes, so that its length is one byte of LEB128.
    out[length_at] = u8::try_from(out.len() - length_at - 1).expect("numbers are short");
    number.item_bytes()
}

fn write_text(text: &[u8], out: &mut Vec<u8>) -> usize {
    let mut length = text.len();
    loop {
        let [low, ..] = length.to_le_bytes();
        length >>= 7;
        if length == 0 {
            out.push(low);
            break;
        }
        out.push(low | 0x80);
    }
    out.extend_from_slice(text);
    text.len()
}

fn write_container(
    tag: u8,
    out: &mut Vec<u8>,
    write_elements: impl FnOnce(&mut Vec<u8>) -> usize,
) -> usize {
    out.push(tag);
    let length_at = out.len();
    out.extend([0; U32_BYTES]);
    let item_bytes = write_elements(out);
    fill_in(length_at, out.len() - length_at - U32_BYTES, out);
    debug_assert!(is_sound(ValueRef::of_encoded(&out[length_at - 1..]), item_bytes));
    item_bytes
}

/// Whether a container that was written is as views rely on: it counts for as much as what was
/// given, its elements stand in order, and no set is empty.
fn is_sound(container: ValueRef<'_>, item_bytes: usize) -> bool {
    let is_sorted = match container {
        ValueRef::Ss(set) | ValueRef::Ns(set) | ValueRef::Bs(set) => {
            !set.is_empty()
                && set
                    .iter()
                    .is_sorted_by(|one, next| one.compare(next).is_some_and(Ordering::is_lt))
        }
        ValueRef::M(map) => map.iter().is_sorted_by(|(one, _), (next, _)| one < next),
        _ => true,
    };
    is_sorted && container.item_bytes() == item_bytes
}

fn fill_in(at: usize, length: usize, out: &mut [u8]) {
    debug_assert_eq!(out[at..at + U32_BYTES], [0; U32_BYTES], "a length is filled in once");
    let length = u32::try_from(length).expect("requests are far smaller than 4 GiB");
    out[at..at + U32_BYTES].copy_from_slice(&length.to_le_bytes());
}
