//! Borrowed views over encoded values: what conditions, projections and answers read.
//!
//! # Panics
//! All of them, over bytes that were not encoded here: see the module's head.

use std::cmp::Ordering;
use std::fmt;

use super::read::Cursor;
use super::{TextRef, VERIFIED, tag};
use crate::{AttributeMap, AttributeValue, NumberRef};

/// A value inside an item's bytes. Equality is DynamoDB's: sets without order, numbers by value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRef<'a> {
    /// String.
    S(TextRef<'a>),
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
        Cursor::new(bytes).value()
    }

    /// The type descriptor as it stands on the wire.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
            Self::L(_) => "L",
            Self::M(_) => "M",
        }
    }

    /// Order of two values of one scalar type (S, N or B); `None` across types and for others.
    pub fn compare(&self, other: &ValueRef<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::S(a), ValueRef::S(b)) => Some(a.cmp(b)),
            (Self::N(a), ValueRef::N(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::B(a), ValueRef::B(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// What `size()` answers; `None` where it is not defined (numbers, booleans, null).
    ///
    /// A string's size is its UTF-16 code units, not its bytes: checked against AWS in ExtendDB
    /// issue 60 and pull request 67, 2026-05-21.
    pub fn size(&self) -> Option<usize> {
        match self {
            Self::S(text) => Some(text.utf16_units()),
            Self::B(bytes) => Some(bytes.len()),
            Self::Ss(set) | Self::Ns(set) | Self::Bs(set) => Some(set.len()),
            Self::L(list) => Some(list.len()),
            Self::M(map) => Some(map.len()),
            Self::N(_) | Self::Bool(_) | Self::Null => None,
        }
    }

    /// Bytes of its byte form, its type aside: what a look at all of it goes through.
    pub fn encoded_bytes(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.as_bytes().len(),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::Ss(set) | Self::Ns(set) | Self::Bs(set) => set.bytes.len(),
            Self::L(list) => list.bytes.len(),
            Self::M(map) => map.bytes.len(),
        }
    }

    /// Where its bytes lie: by this a value that is not empty is told from the others beside it.
    pub fn address(&self) -> usize {
        let bytes = match self {
            Self::S(text) => text.as_bytes(),
            Self::N(number) => number.as_bytes(),
            Self::B(bytes) => bytes,
            Self::Bool(_) | Self::Null => &[],
            Self::Ss(set) | Self::Ns(set) | Self::Bs(set) => set.bytes,
            Self::L(list) => list.bytes,
            Self::M(map) => map.bytes,
        };
        bytes.as_ptr().addr()
    }

    /// Builds the tree.
    pub fn to_value(&self) -> AttributeValue {
        match self {
            Self::S(text) => AttributeValue::S(text.as_str().to_owned()),
            Self::N(number) => AttributeValue::N(number.to_number()),
            Self::B(bytes) => AttributeValue::B(bytes.to_vec()),
            Self::Bool(value) => AttributeValue::Bool(*value),
            Self::Null => AttributeValue::Null,
            Self::Ss(set) => AttributeValue::Ss(
                set.texts().map(|text| TextRef::of_encoded(text).as_str().to_owned()).collect(),
            ),
            Self::Ns(set) => AttributeValue::Ns(
                set.texts().map(|bytes| NumberRef::of_encoded(bytes).to_number()).collect(),
            ),
            Self::Bs(set) => AttributeValue::Bs(set.texts().map(<[u8]>::to_vec).collect()),
            Self::L(list) => AttributeValue::L(list.iter().map(|value| value.to_value()).collect()),
            Self::M(map) => AttributeValue::M(map.to_map()),
        }
    }
}

/// What a set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetKind {
    S,
    N,
    B,
}

impl SetKind {
    /// A view of an element.
    pub(super) fn element(self, text: &[u8]) -> ValueRef<'_> {
        match self {
            Self::S => ValueRef::S(TextRef::of_encoded(text)),
            Self::N => ValueRef::N(NumberRef::of_encoded(text)),
            Self::B => ValueRef::B(text),
        }
    }
}

/// The elements of a set, sorted, each an S, N or B.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SetRef<'a> {
    pub(super) kind: SetKind,
    pub(super) bytes: &'a [u8],
}

impl<'a> SetRef<'a> {
    /// Elements in order.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'a>> + use<'a> {
        let kind = self.kind;
        self.texts().map(move |text| kind.element(text))
    }

    /// Number of elements. O(n).
    pub fn len(&self) -> usize {
        self.texts().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether `element` (an S, N or B of the set's type) is in the set.
    pub fn contains(&self, element: &ValueRef<'_>) -> bool {
        let wanted = match (self.kind, element) {
            (SetKind::S, ValueRef::S(text)) => text.as_bytes(),
            (SetKind::N, ValueRef::N(number)) => number.as_bytes(),
            (SetKind::B, ValueRef::B(bytes)) => bytes,
            _ => return false,
        };
        self.texts().take_while(|text| *text <= wanted).any(|text| text == wanted)
    }

    /// The elements' own bytes.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut cursor = Cursor::new(self.bytes);
        std::iter::from_fn(move || (!cursor.is_empty()).then(|| cursor.text()))
    }
}

/// The elements of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ListRef<'a> {
    pub(super) bytes: &'a [u8],
}

impl<'a> ListRef<'a> {
    /// Elements in order.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'a>> + use<'a> {
        self.encoded_elements().map(ValueRef::of_encoded)
    }

    /// The element at `index`. O(index).
    pub fn get(&self, index: usize) -> Option<ValueRef<'a>> {
        self.encoded_elements().nth(index).map(ValueRef::of_encoded)
    }

    /// Number of elements. O(n).
    pub fn len(&self) -> usize {
        self.encoded_elements().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn encoded_elements(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut cursor = Cursor::new(self.bytes);
        std::iter::from_fn(move || (!cursor.is_empty()).then(|| cursor.encoded_value()))
    }
}

/// The entries of a map, sorted by name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MapRef<'a> {
    pub(super) bytes: &'a [u8],
}

/// The entries of a map, one after the other.
#[derive(Clone)]
pub struct Entries<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (TextRef<'a>, ValueRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let cursor = &mut self.cursor;
        (!cursor.is_empty()).then(|| (cursor.string(), cursor.value()))
    }
}

impl<'a> MapRef<'a> {
    /// A map without attributes: what conditions see where there is no item.
    pub const EMPTY: MapRef<'static> = MapRef { bytes: &[] };

    /// The attributes of the item whose byte form is `bytes`, as a range visitor sees it.
    pub fn of_item(bytes: &'a [u8]) -> Self {
        let mut cursor = Cursor::new(bytes);
        cursor.header();
        Self { bytes: cursor.rest() }
    }

    /// The value under `name`.
    pub fn get(&self, name: &str) -> Option<ValueRef<'a>> {
        let mut cursor = Cursor::new(self.bytes);
        while !cursor.is_empty() {
            match cursor.text().cmp(name.as_bytes()) {
                Ordering::Less => cursor.skip_value(),
                Ordering::Equal => return Some(cursor.value()),
                Ordering::Greater => return None,
            }
        }
        None
    }

    /// Entries in name order.
    pub fn iter(&self) -> Entries<'a> {
        Entries { cursor: Cursor::new(self.bytes) }
    }

    /// Bytes of its byte form: what a look at all of it goes through.
    pub fn encoded_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Number of entries. O(n).
    pub fn len(&self) -> usize {
        self.encoded_entries().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Builds the tree.
    pub fn to_map(&self) -> AttributeMap {
        self.iter().map(|(name, value)| (name.as_str().to_owned(), value.to_value())).collect()
    }

    /// Entries in name order, their values in their byte form.
    pub fn encoded_entries(&self) -> impl Iterator<Item = (TextRef<'a>, &'a [u8])> + use<'a> {
        let mut cursor = Cursor::new(self.bytes);
        std::iter::from_fn(move || {
            (!cursor.is_empty()).then(|| (cursor.string(), cursor.encoded_value()))
        })
    }
}

impl<'a> Cursor<'a> {
    /// A view of the value at the front.
    fn value(&mut self) -> ValueRef<'a> {
        match self.byte() {
            tag::S => ValueRef::S(self.string()),
            tag::N => ValueRef::N(NumberRef::of_encoded(self.text())),
            tag::B => ValueRef::B(self.text()),
            tag::NULL => ValueRef::Null,
            tag::FALSE => ValueRef::Bool(false),
            tag::TRUE => ValueRef::Bool(true),
            tag::SS => ValueRef::Ss(SetRef { kind: SetKind::S, bytes: self.elements() }),
            tag::NS => ValueRef::Ns(SetRef { kind: SetKind::N, bytes: self.elements() }),
            tag::BS => ValueRef::Bs(SetRef { kind: SetKind::B, bytes: self.elements() }),
            tag::L => ValueRef::L(ListRef { bytes: self.elements() }),
            tag::M => ValueRef::M(MapRef { bytes: self.elements() }),
            _ => panic!("{VERIFIED}"),
        }
    }
}

impl fmt::Debug for SetRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Debug for ListRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for MapRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
