//! DynamoDB's size of items and values: what limits and capacity count, not bytes on disk.
//!
//! Source: developer guide, "DynamoDB item sizes and formats", 2026-11-23. That sets are the bare
//! sum of their elements was measured against AWS: ExtendDB pull request 217, 2026-07-17. Numbers
//! are in [`Number::item_bytes`](crate::Number::item_bytes).

use super::ValueRef;
use super::read::Cursor;
use crate::AttributeValue;

/// A boolean or a null.
pub(super) const ATOM: usize = 1;
/// A list or map, whatever it holds.
pub(super) const DOCUMENT: usize = 3;
/// Each element of a list or map, besides its own size.
pub(super) const ELEMENT: usize = 1;

/// DynamoDB's size of an item from its byte form, without building anything.
pub fn item_bytes(bytes: &[u8]) -> usize {
    Cursor::new(bytes).header()
}

/// A list or map whose elements (with their names) have these sizes.
fn of_document(elements: impl Iterator<Item = usize>) -> usize {
    DOCUMENT + elements.map(|element| ELEMENT + element).sum::<usize>()
}

impl ValueRef<'_> {
    /// Bytes this value counts for in an item's size.
    pub fn item_bytes(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.item_bytes(),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => ATOM,
            Self::Ss(set) | Self::Ns(set) | Self::Bs(set) => {
                set.iter().map(|element| element.item_bytes()).sum()
            }
            Self::L(list) => of_document(list.iter().map(|element| element.item_bytes())),
            Self::M(map) => {
                of_document(map.iter().map(|(name, value)| name.len() + value.item_bytes()))
            }
        }
    }
}

impl AttributeValue {
    /// Bytes this value counts for in an item's size.
    pub fn item_bytes(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.item_bytes(),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => ATOM,
            Self::Ss(set) => set.iter().map(String::len).sum(),
            Self::Ns(set) => set.iter().map(|number| number.item_bytes()).sum(),
            Self::Bs(set) => set.iter().map(Vec::len).sum(),
            Self::L(list) => of_document(list.iter().map(Self::item_bytes)),
            Self::M(map) => {
                of_document(map.iter().map(|(name, value)| name.len() + value.item_bytes()))
            }
        }
    }
}
