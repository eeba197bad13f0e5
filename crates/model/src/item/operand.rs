//! A value that a request gives to its expressions and legacy parameters.

use std::fmt;
use std::sync::Arc;

use super::write::ValueWriter;
use super::{ValueRef, size};
use crate::{AttributeValue, Number};

/// A value in its byte form, apart from any item. Clones share it: an expression may use a value of
/// 2 MB a thousand times, and each use costs a pointer.
#[derive(Clone)]
pub struct Operand {
    content: Arc<Content>,
}

struct Content {
    bytes: Vec<u8>,
    measure: Measure,
}

/// What limits ask of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Bytes it counts for in an item's size.
    pub item_bytes: usize,
    /// Levels of nesting: 0 for a scalar or set, 1 + the deepest element for a document.
    pub depth: usize,
}

impl Measure {
    /// Of one list with the elements of two.
    pub fn joined(self, other: Self) -> Self {
        let item_bytes = self.item_bytes + other.item_bytes - size::DOCUMENT;
        Self { item_bytes, depth: self.depth.max(other.depth) }
    }
}

impl Operand {
    /// The byte form of a value.
    pub fn new(value: &AttributeValue) -> Self {
        let mut writer = ValueWriter::default();
        writer.value(value);
        let operand = writer.into_operand();
        debug_assert_eq!(operand.value().to_value(), *value, "a value reads back as it was given");
        operand
    }

    /// A number.
    pub fn of_number(number: Number) -> Self {
        let mut writer = ValueWriter::default();
        writer.number(number);
        writer.into_operand()
    }

    /// The byte form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.content.bytes
    }

    /// A view of the value.
    pub fn value(&self) -> ValueRef<'_> {
        ValueRef::of_encoded(&self.content.bytes)
    }

    /// The type descriptor as it stands on the wire.
    pub fn type_name(&self) -> &'static str {
        self.value().type_name()
    }

    /// Its size and depth. O(1): both were taken when it was written.
    pub fn measure(&self) -> Measure {
        self.content.measure
    }
}

impl ValueWriter {
    /// The one value that was written, to be shared.
    pub fn into_operand(self) -> Operand {
        let Self { bytes, item_bytes } = self;
        let depth = ValueRef::of_encoded(&bytes).depth();
        Operand { content: Arc::new(Content { bytes, measure: Measure { item_bytes, depth } }) }
    }
}

impl ValueRef<'_> {
    /// Its size and depth, by a look at all of it.
    pub fn measure(&self) -> Measure {
        Measure { item_bytes: self.item_bytes(), depth: self.depth() }
    }

    fn depth(&self) -> usize {
        match self {
            Self::L(list) => 1 + list.iter().map(|value| value.depth()).max().unwrap_or(0),
            Self::M(map) => 1 + map.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }
}

impl From<AttributeValue> for Operand {
    fn from(value: AttributeValue) -> Self {
        Self::new(&value)
    }
}

/// Equal values have equal bytes.
impl PartialEq for Operand {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.content, &other.content) || self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Operand {}

impl fmt::Debug for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}
