//! One constraint of a shape: whether it holds, and how the service words it.

use std::fmt;

use crate::json::Json;
use crate::pattern;
use crate::shape::{Range, Shape, ShapeKind, Text};

/// Names of tables that are not ARNs (the model's shape TableName).
const TABLE_NAME: Text =
    Text { length: Range::between(3, 255), pattern: Some("[a-zA-Z0-9_.-]+"), words: &[] };
/// ARNs of tables (the model's shape TableArn).
const TABLE_ARN: Text = Text { length: Range::between(1, 1024), pattern: None, words: &[] };

/// What a value must do.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// Be there.
    NotNull,
    /// Be one of an enumeration's words.
    OneOf(&'static [&'static str]),
    /// Match a pattern as a whole.
    Match(&'static str),
    /// Have a length or value that is not too small.
    AtLeast(Measure, i64),
    /// Have a length or value that is not too large.
    AtMost(Measure, i64),
}

/// What of a value is bounded.
#[derive(Clone, Copy)]
pub(super) enum Measure {
    /// UTF-16 code units of a string, as in Java; elements of a list; entries of a map.
    Length,
    /// The number itself.
    Value,
}

/// The rules of a value of that shape, in the order in which several violations are reported.
/// (`text` is the value where it is a string: names and ARNs of tables differ in their rules.)
pub(super) fn rules(
    shape: &'static Shape,
    text: Option<&str>,
) -> impl DoubleEndedIterator<Item = Rule> {
    let (measure, range, pattern, words): (_, _, _, &'static [_]) = match &shape.kind {
        ShapeKind::Text(own) => (Measure::Length, own.length, own.pattern, own.words),
        ShapeKind::TableReference => {
            let is_arn = text.is_some_and(|text| text.starts_with("arn:"));
            let own = if is_arn { TABLE_ARN } else { TABLE_NAME };
            (Measure::Length, own.length, own.pattern, own.words)
        }
        ShapeKind::List { length, .. } | ShapeKind::Map { length, .. } => {
            (Measure::Length, *length, None, &[])
        }
        ShapeKind::Integer(range) | ShapeKind::Long(range) => (Measure::Value, *range, None, &[]),
        ShapeKind::Structure(_)
        | ShapeKind::Value(_)
        | ShapeKind::Timestamp
        | ShapeKind::Boolean
        | ShapeKind::Blob => (Measure::Value, Range::ANY, None, &[]),
    };
    let rules = [
        (!words.is_empty()).then_some(Rule::OneOf(words)),
        pattern.map(Rule::Match),
        range.min.map(|min| Rule::AtLeast(measure, min)),
        range.max.map(|max| Rule::AtMost(measure, max)),
    ];
    rules.into_iter().flatten()
}

/// The rules of a shape as the service lists them for the parts of a list or map.
pub(super) fn listed(shape: &'static Shape) -> String {
    let rules = rules(shape, None).rev().map(|rule| rule.to_string());
    rules.collect::<Vec<_>>().join(", ")
}

/// Whether a string is within the constraints of that shape.
pub(crate) fn fits_text(shape: &'static Shape, text: &str) -> bool {
    rules(shape, Some(text)).all(|rule| rule.holds_for_text(text))
}

/// Whether a number is within the constraints of that shape.
pub(crate) fn fits_value(shape: &'static Shape, value: i64) -> bool {
    rules(shape, None).all(|rule| rule.holds_for(value))
}

/// Whether a list or map of that many parts is within its bounds.
pub(crate) fn fits_count(length: &Range, parts: usize) -> bool {
    let parts = count(parts);
    length.min.is_none_or(|min| parts >= min) && length.max.is_none_or(|max| parts <= max)
}

impl Rule {
    /// Whether a value of the right type does what it must.
    pub(super) fn holds(self, json: &Json<'_>) -> bool {
        match json {
            Json::Null => !matches!(self, Self::NotNull),
            Json::String(text) => self.holds_for_text(text),
            Json::Array(elements) => self.holds_for(count(elements.len())),
            Json::Object(entries) => self.holds_for(count(entries.len())),
            Json::Integer(_) | Json::Decimal(_) => {
                json.whole().is_none_or(|value| self.holds_for(value))
            }
            Json::Bool(_) => true,
        }
    }

    /// Whether a string does what it must.
    pub(super) fn holds_for_text(self, text: &str) -> bool {
        match self {
            Self::NotNull => true,
            Self::OneOf(words) => words.contains(&text),
            Self::Match(pattern) => {
                let matches = pattern::matches(pattern, text);
                debug_assert!(matches.is_some(), "{pattern} is a pattern of the table");
                matches.unwrap_or(true)
            }
            Self::AtLeast(..) | Self::AtMost(..) => {
                let ascii = text.is_ascii();
                let length = if ascii { text.len() } else { text.encode_utf16().count() };
                self.holds_for(count(length))
            }
        }
    }

    fn holds_for(self, measured: i64) -> bool {
        match self {
            Self::AtLeast(_, min) => measured >= min,
            Self::AtMost(_, max) => measured <= max,
            Self::NotNull | Self::OneOf(_) | Self::Match(_) => true,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Member must ")?;
        match self {
            Self::NotNull => f.write_str("not be null"),
            Self::OneOf(words) => write!(f, "satisfy enum value set: [{}]", words.join(", ")),
            Self::Match(pattern) => write!(f, "satisfy regular expression pattern: {pattern}"),
            Self::AtLeast(measure, min) => {
                write!(f, "have {measure} greater than or equal to {min}")
            }
            Self::AtMost(measure, max) => write!(f, "have {measure} less than or equal to {max}"),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "length",
            Self::Value => "value",
        })
    }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
