//! The compact byte form of an item and borrowed views over it.

use bytes::Bytes;

use crate::{AttributeMap, AttributeValue, Number};

/// An item in its stored byte form: what rows hold, what answers are printed from.
/// Maps and sets are sorted inside, so equal items have equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    bytes: Bytes,
}

impl Item {
    /// Encodes a tree.
    pub fn encode(attributes: &AttributeMap) -> Self {
        todo!()
    }

    /// Takes bytes that [`Item::encode`] once made and the engine has verified.
    pub fn from_stored(bytes: Bytes) -> Self {
        Self { bytes }
    }

    /// The byte form.
    pub fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The attributes as a view.
    pub fn attributes(&self) -> MapRef<'_> {
        todo!()
    }

    /// DynamoDB's size of the item: names and values. O(1): the byte form's header carries it.
    pub fn item_bytes(&self) -> usize {
        todo!()
    }

    /// Builds the tree, for updates.
    pub fn decode(&self) -> AttributeMap {
        todo!()
    }
}

/// A view of an item from borrowed bytes, as a range visitor sees it.
impl<'a> MapRef<'a> {
    /// A map without attributes: what conditions see where there is no item.
    pub const EMPTY: MapRef<'static> = MapRef { bytes: &[] };

    /// The attributes of the item whose byte form is `bytes`.
    pub fn of_item(bytes: &'a [u8]) -> Self {
        todo!()
    }

    /// The value under `name`.
    pub fn get(&self, name: &str) -> Option<ValueRef<'a>> {
        todo!()
    }

    /// Entries in name order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, ValueRef<'a>)> + use<'a> {
        std::iter::empty() // todo
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A new item with only the top-level attributes for which `keep` holds, without decoding.
    pub fn retain(&self, keep: impl FnMut(&str) -> bool) -> Item {
        todo!()
    }
}

/// DynamoDB's size of an item from its byte form, without building anything.
pub fn item_bytes(bytes: &[u8]) -> usize {
    todo!()
}

/// A value inside an item's bytes. Equality is DynamoDB's: sets without order, numbers by value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRef<'a> {
    /// String.
    S(&'a str),
    /// Number.
    N(NumberRef<'a>),
    /// Binary.
    B(&'a [u8]),
    /// Boolean.
    Bool(bool),
    /// Null.
    Null,
    /// String set.
    Ss(SetRef<'a>),
    /// Number set.
    Ns(SetRef<'a>),
    /// Binary set.
    Bs(SetRef<'a>),
    /// List.
    L(ListRef<'a>),
    /// Map.
    M(MapRef<'a>),
}

impl<'a> ValueRef<'a> {
    /// Reads one encoded value (as [`AttributeValue::encode`] made it).
    pub fn of_encoded(bytes: &'a [u8]) -> Self {
        todo!()
    }

    /// The type descriptor as it stands on the wire.
    pub fn type_name(&self) -> &'static str {
        todo!()
    }

    /// Order of two values of one scalar type (S, N or B); `None` across types and for others.
    pub fn compare(&self, other: &ValueRef<'_>) -> Option<std::cmp::Ordering> {
        todo!()
    }

    /// What `size()` answers; `None` where it is not defined (numbers, booleans, null).
    pub fn size(&self) -> Option<usize> {
        todo!()
    }

    /// Bytes this value counts for in an item's size.
    pub fn item_bytes(&self) -> usize {
        todo!()
    }

    /// Builds the tree.
    pub fn to_value(&self) -> AttributeValue {
        todo!()
    }
}

impl AttributeValue {
    /// Appends the byte form of one value.
    pub fn encode(&self, out: &mut Vec<u8>) {
        todo!()
    }

    /// Bytes this value counts for in an item's size.
    pub fn item_bytes(&self) -> usize {
        todo!()
    }

    /// Levels of nesting: 0 for a scalar or set, 1 + the deepest element for a document.
    pub fn depth(&self) -> usize {
        todo!()
    }
}

/// A number in its order-preserving byte form: byte order is numeric order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumberRef<'a> {
    bytes: &'a [u8],
}

impl NumberRef<'_> {
    /// The number as a value.
    pub fn to_number(self) -> Number {
        todo!()
    }

    /// Appends its canonical text without an intermediate string.
    pub fn write_text(self, out: &mut Vec<u8>) {
        todo!()
    }
}

/// The elements of a set, sorted, each an S, N or B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetRef<'a> {
    bytes: &'a [u8],
}

impl<'a> SetRef<'a> {
    /// Elements in order.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'a>> + use<'a> {
        std::iter::empty() // todo
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `element` (an S, N or B of the set's type) is in the set.
    pub fn contains(&self, element: &ValueRef<'_>) -> bool {
        todo!()
    }
}

/// The elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListRef<'a> {
    bytes: &'a [u8],
}

impl<'a> ListRef<'a> {
    /// Elements in order.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'a>> + use<'a> {
        std::iter::empty() // todo
    }

    /// The element at `index`.
    pub fn get(&self, index: usize) -> Option<ValueRef<'a>> {
        self.iter().nth(index)
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The entries of a map, sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapRef<'a> {
    bytes: &'a [u8],
}
