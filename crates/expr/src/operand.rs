//! Values that a request gives to its expressions.

use std::fmt;

use model::{AttributeValue, ValueRef};

/// A value given by the request, in byte form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operand {
    bytes: Vec<u8>,
}

impl Operand {
    /// The byte form of a value.
    pub fn new(value: &AttributeValue) -> Self {
        let mut bytes = Vec::new();
        value.encode(&mut bytes);
        debug_assert_eq!(
            ValueRef::of_encoded(&bytes).to_value(),
            *value,
            "a value reads back as it was given"
        );
        Self { bytes }
    }

    /// The byte form.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A view of the value.
    pub fn value(&self) -> ValueRef<'_> {
        ValueRef::of_encoded(&self.bytes)
    }
}

/// A scalar as messages show it: `{S:text}`.
pub(crate) struct Shown<'a>(pub(crate) &'a AttributeValue);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let type_name = self.0.type_name();
        match self.0 {
            AttributeValue::S(text) => write!(f, "{{{type_name}:{text}}}"),
            AttributeValue::N(number) => write!(f, "{{{type_name}:{number}}}"),
            // Bounds of BETWEEN are S, N or B. How AWS shows a binary is not known.
            _ => write!(f, "{{{type_name}:…}}"),
        }
    }
}
