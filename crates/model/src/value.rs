//! An attribute value as a tree: for tools and tests.
//!
//! No item that a request carries becomes a tree, nor a value in its expressions, nor what reads find
//! and updates make: all of these are looked at through [`crate::ValueRef`], over their bytes.

use std::collections::{BTreeMap, BTreeSet};

use crate::Number;

/// Attributes by name, sorted, at the top of an item or inside a document.
pub type AttributeMap = BTreeMap<String, AttributeValue>;

/// One DynamoDB attribute value. Sets are non-empty by validation at the wire, not by type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// String.
    S(String),
    /// Number.
    N(Number),
    /// Binary.
    B(Vec<u8>),
    /// Boolean.
    Bool(bool),
    /// Null.
    Null,
    /// String set.
    Ss(BTreeSet<String>),
    /// Number set.
    Ns(BTreeSet<Number>),
    /// Binary set.
    Bs(BTreeSet<Vec<u8>>),
    /// List.
    L(Vec<AttributeValue>),
    /// Map.
    M(AttributeMap),
}

impl AttributeValue {
    /// The type descriptor as it stands on the wire: `"S"`, `"NS"`, `"BOOL"`, …
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
}
