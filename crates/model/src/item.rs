//! The compact byte form of an item and borrowed views over it.
//!
//! What it is: the form in which items lie in rows, and from which they are answered, compared and
//! projected without building a tree, and into which requests are read. Writing is `item_writer.rs`
//! (items) and `write.rs` (values), reading is `read.rs` (the cursor) and `view.rs` (what callers
//! hold), DynamoDB's size accounting is `size.rs`.
//!
//! What it is not: it checks nothing that came from outside but that no name and no element comes
//! twice. Values are validated before they are written, and the engine verifies what it hands back; a
//! view over other bytes panics rather than answer with a wrong item.
//!
//! Invariants: maps are sorted by name and sets by element, numbers are normalised and nothing has
//! two spellings, so equal items have equal bytes. Asserted in debug builds where an item is
//! finished and where a container is written, by reading back what was written; never where bytes
//! come from a disk.
//!
//! Grammar (docs/format/item.md):
//!
//! ```text
//! item     = 01 item_bytes entry*     item_bytes: u32, DynamoDB's size of the item
//! entry    = text value               an attribute and its name; sorted by name
//! value    = 01 text                  S: UTF-8
//!          | 02 text                  N: the byte form of docs/format/number.md
//!          | 03 text                  B
//!          | 04 | 05 | 06             null, false, true
//!          | 07 byte_len text*        SS, sorted
//!          | 08 byte_len text*        NS, sorted
//!          | 09 byte_len text*        BS, sorted
//!          | 0A byte_len value*       L
//!          | 0B byte_len entry*       M, sorted by name
//! byte_len = u32                      of all the elements: a container is passed over at once
//! text     = length byte*             length: LEB128 in its shortest form
//! u32      = little endian
//! ```

mod item_writer;
mod operand;
mod order;
mod read;
mod sets;
mod size;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod write;

use bytes::Bytes;

use crate::AttributeMap;
pub use item_writer::ItemWriter;
pub use operand::{Measure, Operand};
pub use order::Repeated;
pub use sets::{Elements, SetIndex};
pub use size::item_bytes;
pub use text::TextRef;
pub use view::{Entries, ListRef, MapRef, SetRef, ValueRef};
pub use write::{ListWriter, MapWriter, SetWriter, ValueWriter};

/// The format of the bytes that follow. Another number means another grammar.
const FORMAT: u8 = 1;

/// Why reading an item cannot fail.
const VERIFIED: &str = "stored items were encoded here and verified by the engine";

mod tag {
    pub(super) const S: u8 = 0x01;
    pub(super) const N: u8 = 0x02;
    pub(super) const B: u8 = 0x03;
    pub(super) const NULL: u8 = 0x04;
    pub(super) const FALSE: u8 = 0x05;
    pub(super) const TRUE: u8 = 0x06;
    pub(super) const SS: u8 = 0x07;
    pub(super) const NS: u8 = 0x08;
    pub(super) const BS: u8 = 0x09;
    pub(super) const L: u8 = 0x0A;
    pub(super) const M: u8 = 0x0B;
}

/// An item in its stored byte form: what rows hold, what answers are printed from.
/// Maps and sets are sorted inside, so equal items have equal bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    bytes: Bytes,
}

impl Item {
    /// Encodes a tree.
    pub fn encode(attributes: &AttributeMap) -> Self {
        let mut writer = ItemWriter::new(usize::MAX);
        for (name, value) in attributes {
            writer.attribute(name).value(value);
        }
        let item = writer.finish_unique();
        debug_assert_eq!(item.decode(), *attributes, "an item reads back as it was given");
        item
    }

    /// Takes bytes that an [`ItemWriter`] once made and the engine has verified.
    pub fn from_stored(bytes: Bytes) -> Self {
        Self { bytes }
    }

    /// The byte form.
    pub fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The attributes as a view.
    pub fn attributes(&self) -> MapRef<'_> {
        MapRef::of_item(&self.bytes)
    }

    /// DynamoDB's size of the item: names and values. O(1): the byte form's header carries it.
    pub fn item_bytes(&self) -> usize {
        item_bytes(&self.bytes)
    }

    /// A new item with some top-level attributes written or, where there is no value, removed. The
    /// others keep their bytes, which nobody decodes. `changes` are in name order, each name once;
    /// `write` writes their values, shown what was there.
    pub fn with_changes<'n, V>(
        &self,
        changes: impl IntoIterator<Item = (&'n str, Option<V>)>,
        write: impl FnMut(V, Option<ValueRef<'_>>, &mut ValueWriter),
    ) -> Item {
        let item = ItemWriter::spliced(&self.bytes, changes.into_iter(), write).finish_unique();
        debug_assert_eq!(item, Item::encode(&item.decode()), "a spliced item is as if encoded");
        item
    }

    /// Builds the tree.
    pub fn decode(&self) -> AttributeMap {
        self.attributes().to_map()
    }

    /// A new item with only the top-level attributes for which `keep` holds, without decoding.
    pub fn retain(&self, keep: impl FnMut(&str) -> bool) -> Item {
        self.attributes().retain(keep)
    }
}

impl MapRef<'_> {
    /// A new item with only the attributes for which `keep` holds, without decoding.
    pub fn retain(&self, mut keep: impl FnMut(&str) -> bool) -> Item {
        let mut writer = ItemWriter::new(usize::MAX);
        for (name, value) in self.encoded_entries() {
            if keep(name.as_str()) {
                writer.encoded_attribute(name, value);
            }
        }
        writer.finish_unique()
    }
}

/// An item without attributes.
impl Default for Item {
    fn default() -> Self {
        ItemWriter::new(0).finish_unique()
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.attributes().fmt(f)
    }
}
