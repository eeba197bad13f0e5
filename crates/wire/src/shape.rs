//! The vocabulary of the generated table: what a request may look like.

use std::fmt;

/// A shape of the service model.
#[derive(Debug)]
pub struct Shape {
    /// Its name in the model.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) kind: ShapeKind,
}

/// What a shape is, with its constraints.
#[derive(Debug)]
pub(crate) enum ShapeKind {
    /// Members by name.
    Structure(&'static [Member]),
    /// An attribute value: a structure of one member, which `crate::value` answers for.
    Value(&'static [Member]),
    /// Elements of one shape.
    List { element: &'static Shape, length: Range },
    /// Values of one shape by names of another.
    Map { key: &'static Shape, value: &'static Shape, length: Range },
    /// A string.
    Text(Text),
    /// A table's name or its ARN.
    TableReference,
    /// A 32-bit number.
    Integer(Range),
    /// A 64-bit number.
    Long(Range),
    /// A moment: seconds since the epoch, perhaps with a fraction.
    Timestamp,
    /// A boolean.
    Boolean,
    /// Bytes, in base64.
    Blob,
}

/// A member of a structure.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: &'static Shape,
    pub(crate) required: bool,
}

/// Constraints of a string.
#[derive(Debug)]
pub(crate) struct Text {
    /// In UTF-16 code units.
    pub(crate) length: Range,
    /// A regular expression that the whole string must match; see [`crate::pattern`].
    pub(crate) pattern: Option<&'static str>,
    /// The words of an enumeration, in the order in which the service prints them.
    pub(crate) words: &'static [&'static str],
}

/// Inclusive bounds of a length or a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

impl Shape {
    /// Whether it is a structure with a member of that name.
    pub(crate) fn has_member(&self, name: &str) -> bool {
        let ShapeKind::Structure(members) = self.kind else { return false };
        members.iter().any(|member| member.name == name)
    }
}

impl Member {
    pub(crate) const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: true }
    }

    pub(crate) const fn optional(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: false }
    }
}

/// The name as the service's messages spell it: `TableName` as `tableName`.
impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = self.name.split_at_checked(1).unwrap_or((self.name, ""));
        write!(f, "{}{rest}", first.to_ascii_lowercase())
    }
}

impl Range {
    pub(crate) const ANY: Self = Self { min: None, max: None };

    pub(crate) const fn at_least(min: i64) -> Self {
        Self { min: Some(min), max: None }
    }

    pub(crate) const fn at_most(max: i64) -> Self {
        Self { min: None, max: Some(max) }
    }

    pub(crate) const fn between(min: i64, max: i64) -> Self {
        Self { min: Some(min), max: Some(max) }
    }
}
