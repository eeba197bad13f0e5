//! Values → bytes, in one pass: sizes that are known only at the end are filled in then, and what
//! came out of order is put in order where its container ends.
//!
//! Whoever reads values from elsewhere writes them here one by one, and needs no tree; a tree's
//! values go the same way.

use std::cmp::Ordering;

use super::order::{Order, Parts, Repeated};
use super::sets::Elements;
use super::view::SetKind;
use super::{ListRef, ValueRef, size, tag};
use crate::{AttributeValue, Number, work};

pub(super) const U32_BYTES: usize = size_of::<u32>();

/// Why a tree has no name and no element twice.
pub(super) const EACH_ONCE: &str = "a tree's maps and sets have everything once";

/// Values in their byte form, being written.
#[derive(Debug, Default)]
pub struct ValueWriter {
    pub(super) bytes: Vec<u8>,
    /// What was written counts for in an item's size.
    pub(super) item_bytes: usize,
}

impl ValueWriter {
    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        self.bytes.push(tag::S);
        self.text(text.as_bytes());
    }

    /// Writes a number.
    pub fn number(&mut self, number: Number) {
        self.bytes.push(tag::N);
        self.bare_number(number);
    }

    /// Writes a binary.
    pub fn binary(&mut self, bytes: &[u8]) {
        self.bytes.push(tag::B);
        self.text(bytes);
    }

    /// Writes a boolean.
    pub fn boolean(&mut self, value: bool) {
        self.atom(if value { tag::TRUE } else { tag::FALSE });
    }

    /// Writes a null.
    pub fn null(&mut self) {
        self.atom(tag::NULL);
    }

    /// Begins a set of strings.
    pub fn string_set(&mut self) -> SetWriter<'_> {
        SetWriter::open(self, tag::SS)
    }

    /// Begins a set of numbers.
    pub fn number_set(&mut self) -> SetWriter<'_> {
        SetWriter::open(self, tag::NS)
    }

    /// Begins a set of binaries.
    pub fn binary_set(&mut self) -> SetWriter<'_> {
        SetWriter::open(self, tag::BS)
    }

    /// Begins a list.
    pub fn list(&mut self) -> ListWriter<'_> {
        let container = Container::open(self, tag::L);
        self.item_bytes += size::DOCUMENT;
        ListWriter { out: self, container }
    }

    /// Begins a map.
    pub fn map(&mut self) -> MapWriter<'_> {
        let container = Container::open(self, tag::M);
        self.item_bytes += size::DOCUMENT;
        let names = Order::of(Parts::Entries, self.bytes.len());
        MapWriter { out: self, container, names }
    }

    /// Writes a value that lies in its byte form elsewhere.
    pub fn view(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::S(text) => {
                self.bytes.push(tag::S);
                self.text(text.as_bytes());
            }
            ValueRef::N(number) => {
                self.bytes.push(tag::N);
                self.bare_element(value, number.as_bytes());
            }
            ValueRef::B(bytes) => self.binary(bytes),
            ValueRef::Bool(truth) => self.boolean(truth),
            ValueRef::Null => self.null(),
            ValueRef::Ss(set) => self.container(tag::SS, set.bytes, value),
            ValueRef::Ns(set) => self.container(tag::NS, set.bytes, value),
            ValueRef::Bs(set) => self.container(tag::BS, set.bytes, value),
            ValueRef::L(list) => self.container(tag::L, list.bytes, value),
            ValueRef::M(map) => self.container(tag::M, map.bytes, value),
        }
    }

    /// Writes a set of elements, of which there is one at least.
    pub fn elements(&mut self, elements: &Elements<'_>) {
        let container = Container::open(
            self,
            match elements.kind {
                SetKind::S => tag::SS,
                SetKind::N => tag::NS,
                SetKind::B => tag::BS,
            },
        );
        for text in &elements.texts {
            self.bare_element(elements.kind.element(text), text);
        }
        container.close(self);
    }

    /// Writes a tree.
    pub fn value(&mut self, value: &AttributeValue) {
        match value {
            AttributeValue::S(text) => self.string(text),
            AttributeValue::N(number) => self.number(*number),
            AttributeValue::B(bytes) => self.binary(bytes),
            AttributeValue::Null => self.null(),
            AttributeValue::Bool(value) => self.boolean(*value),
            AttributeValue::Ss(set) => {
                let mut out = self.string_set();
                set.iter().for_each(|text| out.string(text));
                out.close().expect(EACH_ONCE);
            }
            AttributeValue::Ns(set) => {
                let mut out = self.number_set();
                set.iter().for_each(|number| out.number(*number));
                out.close().expect(EACH_ONCE);
            }
            AttributeValue::Bs(set) => {
                let mut out = self.binary_set();
                set.iter().for_each(|bytes| out.binary(bytes));
                out.close().expect(EACH_ONCE);
            }
            AttributeValue::L(list) => {
                let mut out = self.list();
                list.iter().for_each(|element| out.element().value(element));
                out.close();
            }
            AttributeValue::M(map) => {
                let mut out = self.map();
                map.iter().for_each(|(name, value)| out.entry(name).value(value));
                out.close().expect(EACH_ONCE);
            }
        }
    }

    /// The byte form of what was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// An attribute's or an entry's name.
    pub(super) fn name(&mut self, name: &str, names: &mut Order) {
        let at = self.bytes.len();
        self.text(name.as_bytes());
        names.note(at, &self.bytes);
    }

    /// Bytes preceded by their length.
    pub(super) fn text(&mut self, text: &[u8]) {
        work::note(1 + text.len());
        self.item_bytes += text.len();
        let mut length = text.len();
        while length >= 0x80 {
            let [low, ..] = length.to_le_bytes();
            self.bytes.push(low | 0x80);
            length >>= 7;
        }
        let [low, ..] = length.to_le_bytes();
        self.bytes.push(low);
        self.bytes.extend_from_slice(text);
    }

    /// A number's byte form preceded by its length.
    fn bare_number(&mut self, number: Number) {
        self.item_bytes += number.item_bytes();
        let length_at = self.bytes.len();
        self.bytes.push(0);
        number.encode(&mut self.bytes);
        let length = self.bytes.len() - length_at - 1;
        debug_assert!(length < 0x80, "a longer length would take two bytes");
        // A number's byte form is shorter than 128 bytes, so that its length is one byte of LEB128.
        self.bytes[length_at] = u8::try_from(length).expect("numbers are short");
    }

    /// The bytes of a scalar preceded by their length; `view` says what they count for.
    fn bare_element(&mut self, view: ValueRef<'_>, bytes: &[u8]) {
        let before = self.item_bytes;
        self.text(bytes);
        self.item_bytes = before + view.item_bytes();
    }

    /// A container whose elements are there.
    fn container(&mut self, tag: u8, elements: &[u8], view: ValueRef<'_>) {
        let container = Container::open(self, tag);
        work::note(elements.len());
        self.bytes.extend_from_slice(elements);
        self.item_bytes += view.item_bytes();
        container.close(self);
    }

    fn atom(&mut self, tag: u8) {
        self.bytes.push(tag);
        self.item_bytes += size::ATOM;
    }
}

/// A set being written. [`SetWriter::close`] must end it.
#[must_use = "a set that is not closed has no length"]
pub struct SetWriter<'w> {
    out: &'w mut ValueWriter,
    container: Container,
    elements: Order,
}

impl<'w> SetWriter<'w> {
    fn open(out: &'w mut ValueWriter, tag: u8) -> Self {
        let container = Container::open(out, tag);
        let elements = Order::of(Parts::Elements, out.bytes.len());
        Self { out, container, elements }
    }

    /// Writes an element of a set of strings.
    pub fn string(&mut self, text: &str) {
        self.element(|out| out.text(text.as_bytes()));
    }

    /// Writes an element of a set of numbers.
    pub fn number(&mut self, number: Number) {
        self.element(|out| out.bare_number(number));
    }

    /// Writes an element of a set of binaries.
    pub fn binary(&mut self, bytes: &[u8]) {
        self.element(|out| out.text(bytes));
    }

    /// Ends the set, which has an element.
    ///
    /// # Errors
    /// [`Repeated`] when two elements are equal.
    pub fn close(self) -> Result<(), Repeated> {
        self.elements.settle(&mut self.out.bytes)?;
        self.container.close(self.out);
        Ok(())
    }

    fn element(&mut self, write: impl FnOnce(&mut ValueWriter)) {
        let at = self.out.bytes.len();
        write(self.out);
        self.elements.note(at, &self.out.bytes);
    }
}

/// A list being written. [`ListWriter::close`] must end it.
#[must_use = "a list that is not closed has no length"]
pub struct ListWriter<'w> {
    out: &'w mut ValueWriter,
    container: Container,
}

impl ListWriter<'_> {
    /// Writes all elements of a list that lies in its byte form elsewhere.
    pub fn extend(&mut self, list: ListRef<'_>) {
        work::note(list.bytes.len());
        self.out.bytes.extend_from_slice(list.bytes);
        self.out.item_bytes += ValueRef::L(list).item_bytes() - size::DOCUMENT;
    }

    /// Begins an element; its value is to follow.
    pub fn element(&mut self) -> &mut ValueWriter {
        self.out.item_bytes += size::ELEMENT;
        self.out
    }

    /// Ends the list.
    pub fn close(self) {
        self.container.close(self.out);
    }
}

/// A map being written. [`MapWriter::close`] must end it.
#[must_use = "a map that is not closed has no length"]
pub struct MapWriter<'w> {
    out: &'w mut ValueWriter,
    container: Container,
    names: Order,
}

impl MapWriter<'_> {
    /// Writes an entry's name; its value is to follow.
    pub fn entry(&mut self, name: &str) -> &mut ValueWriter {
        self.out.item_bytes += size::ELEMENT;
        self.out.name(name, &mut self.names);
        self.out
    }

    /// Ends the map.
    ///
    /// # Errors
    /// [`Repeated`] when two entries have one name.
    pub fn close(self) -> Result<(), Repeated> {
        self.names.settle(&mut self.out.bytes)?;
        self.container.close(self.out);
        Ok(())
    }
}

impl AttributeValue {
    /// Appends the byte form of one value.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut writer = ValueWriter { bytes: std::mem::take(out), item_bytes: 0 };
        writer.value(self);
        *out = writer.bytes;
    }
}

/// Where a container that is being written began.
struct Container {
    length_at: usize,
    /// What had been written before it counts for.
    item_bytes_before: usize,
}

impl Container {
    fn open(out: &mut ValueWriter, tag: u8) -> Self {
        out.bytes.push(tag);
        let length_at = out.bytes.len();
        out.bytes.extend_from_slice(&[0; U32_BYTES]);
        Self { length_at, item_bytes_before: out.item_bytes }
    }

    fn close(self, out: &mut ValueWriter) {
        fill_in(self.length_at, out.bytes.len() - self.length_at - U32_BYTES, &mut out.bytes);
        debug_assert!(is_sound(
            ValueRef::of_encoded(&out.bytes[self.length_at - 1..]),
            out.item_bytes - self.item_bytes_before
        ));
    }
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

/// Writes a length or a size where room was left for it.
pub(super) fn fill_in(at: usize, length: usize, out: &mut [u8]) {
    debug_assert_eq!(out[at..at + U32_BYTES], [0; U32_BYTES], "a length is filled in once");
    let length = u32::try_from(length).expect("requests are far smaller than 4 GiB");
    out[at..at + U32_BYTES].copy_from_slice(&length.to_le_bytes());
}
