//! Values that can stand in a key, borrowed from wherever they are.

use crate::{Number, ScalarType, TextRef, ValueRef};

/// A value of a type that keys have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyValue<'a> {
    /// String.
    S(TextRef<'a>),
    /// Number.
    N(Number),
    /// Binary.
    B(&'a [u8]),
}

impl<'a> KeyValue<'a> {
    /// A value in byte form; `None` when no key has its type.
    pub fn of(value: ValueRef<'a>) -> Option<Self> {
        match value {
            ValueRef::S(text) => Some(Self::S(text)),
            ValueRef::N(number) => Some(Self::N(number.to_number())),
            ValueRef::B(bytes) => Some(Self::B(bytes)),
            _ => None,
        }
    }

    /// Its type.
    pub fn scalar_type(&self) -> ScalarType {
        match self {
            Self::S(_) => ScalarType::S,
            Self::N(_) => ScalarType::N,
            Self::B(_) => ScalarType::B,
        }
    }
}
