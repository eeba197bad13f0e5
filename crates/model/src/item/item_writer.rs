//! An item's attributes → its bytes.

use super::order::{Order, Parts, Repeated};
use super::read::Cursor;
use super::write::{EACH_ONCE, U32_BYTES, ValueWriter, fill_in};
use super::{FORMAT, Item, TextRef, ValueRef};

/// Where the header's item size goes, after the format byte.
const ITEM_BYTES_AT: usize = 1;
const HEADER_BYTES: usize = ITEM_BYTES_AT + U32_BYTES;
/// Room that most items fit in without growing.
const SMALL_ITEM_BYTES: usize = 512;
/// Room for what most changes add to an item.
const SMALL_GROWTH_BYTES: usize = 128;

/// An item being written, attribute by attribute.
#[derive(Debug)]
#[must_use = "an item is there once it is finished"]
pub struct ItemWriter {
    values: ValueWriter,
    names: Order,
}

impl ItemWriter {
    /// Begins an item. `bytes_max` is more than its byte form will take, as far as is known.
    pub fn new(bytes_max: usize) -> Self {
        Self::with_room(bytes_max.min(SMALL_ITEM_BYTES))
    }

    fn with_room(bytes: usize) -> Self {
        let mut values = ValueWriter { bytes: Vec::with_capacity(bytes), item_bytes: 0 };
        values.bytes.push(FORMAT);
        values.bytes.extend_from_slice(&[0; U32_BYTES]);
        Self { values, names: Order::of(Parts::Entries, HEADER_BYTES) }
    }

    /// Writes an attribute's name; its value is to follow.
    pub fn attribute(&mut self, name: &str) -> &mut ValueWriter {
        self.values.name(name, &mut self.names);
        &mut self.values
    }

    /// Ends the item.
    ///
    /// # Errors
    /// [`Repeated`] when two attributes have one name.
    pub fn finish(mut self) -> Result<Item, Repeated> {
        self.names.settle(&mut self.values.bytes)?;
        let ValueWriter { mut bytes, item_bytes } = self.values;
        fill_in(ITEM_BYTES_AT, item_bytes, &mut bytes);
        let item = Item { bytes: bytes.into() };
        debug_assert!(
            item.attributes().iter().is_sorted_by(|(one, _), (next, _)| one < next),
            "attributes stand in name order, each once"
        );
        Ok(item)
    }

    /// An item of attributes that come from a tree or an item, each name once.
    pub(super) fn finish_unique(self) -> Item {
        self.finish().expect(EACH_ONCE)
    }

    /// Writes an attribute whose value is in its byte form already, behind those it comes after.
    pub(super) fn encoded_attribute(&mut self, name: TextRef<'_>, value: &[u8]) {
        let values = &mut self.values;
        values.item_bytes += ValueRef::of_encoded(value).item_bytes();
        values.text(name.as_bytes());
        values.bytes.extend_from_slice(value);
    }

    /// An item's bytes with some attributes written or removed, in name order: what lies between
    /// them is copied at once, and counts as it did.
    pub(super) fn spliced<'n, V>(
        old: &[u8],
        changes: impl Iterator<Item = (&'n str, Option<V>)>,
        mut write: impl FnMut(V, Option<ValueRef<'_>>, &mut ValueWriter),
    ) -> Self {
        let mut writer = Self::with_room(SMALL_ITEM_BYTES.max(old.len() + SMALL_GROWTH_BYTES));
        let mut rest = Cursor::new(old);
        writer.values.item_bytes = rest.header();
        for (name, value) in changes {
            writer.values.bytes.extend_from_slice(rest.entries_before(name));
            let replaced = rest.entry(name).map(ValueRef::of_encoded);
            if let Some(replaced) = replaced {
                writer.values.item_bytes -= name.len() + replaced.item_bytes();
            }
            if let Some(value) = value {
                write(value, replaced, writer.attribute(name));
            }
        }
        writer.values.bytes.extend_from_slice(rest.rest());
        writer
    }
}
