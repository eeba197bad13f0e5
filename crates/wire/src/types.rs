//! Stage 2: JSON types against the shape. The first mismatch in the order of the text is refused
//! with SerializationException, in the words of the service's parser.
//!
//! Evidence: the words are those of Jackson's tokens and Java's classes, as they come back to
//! clients that send a number for a string and the like; Alternator's test_number.py and
//! test_manual_requests.py expect SerializationException for them (2026-11). `null` counts as
//! absent everywhere, and members that the shape does not have are ignored whatever they hold.

use model::ApiError;

use crate::json::Json;
use crate::shape::{Shape, ShapeKind};

const MODEL_PACKAGE: &str = "com.amazonaws.dynamodb.v20120810.";
const UNEXPECTED_STRUCTURE: &str = "Start of structure or map found where not expected";

/// Checks a value and everything below it.
pub(crate) fn check(json: &Json<'_>, shape: &Shape) -> Result<(), ApiError> {
    match (&shape.kind, json) {
        (_, Json::Null)
        | (ShapeKind::Text(_) | ShapeKind::TableReference, Json::String(_))
        | (ShapeKind::Boolean, Json::Bool(_))
        | (
            ShapeKind::Integer(_) | ShapeKind::Long(_) | ShapeKind::Timestamp,
            Json::Integer(_) | Json::Decimal(_),
        ) => Ok(()),
        (ShapeKind::Structure(members) | ShapeKind::Value(members), Json::Object(entries)) => {
            for (name, value) in entries {
                if let Some(member) = members.iter().find(|member| member.name == name) {
                    check(value, member.shape)?;
                }
            }
            Ok(())
        }
        (ShapeKind::Map { value: shape, .. }, Json::Object(entries)) => {
            entries.iter().try_for_each(|(_, value)| check(value, shape))
        }
        (ShapeKind::List { element, .. }, Json::Array(elements)) => {
            elements.iter().try_for_each(|json| check(json, element))
        }
        (ShapeKind::Blob, Json::String(text)) => base64(text).map_err(ApiError::Serialization),
        (ShapeKind::Boolean, Json::String(text))
            if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") =>
        {
            Ok(())
        }
        _ => Err(ApiError::Serialization(mismatch(json, shape))),
    }
}

/// A body that is no object.
pub(crate) fn not_an_object() -> ApiError {
    // The service says nothing more: Alternator's test_manual_requests.py, test_json_parse_error.
    ApiError::Serialization(String::new())
}

/// Checks what the service's decoder is strict about: length, alphabet, padding.
fn base64(text: &str) -> Result<(), String> {
    if !text.len().is_multiple_of(4) {
        return Err(format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {}",
            text.len()
        ));
    }
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    if let Some(other) = digits.chars().find(|&c| !digit(c)) {
        return Err(format!("Invalid Base64 character: '{other}'"));
    }
    // The bits of the last digit that belong to no byte must be zero.
    let padding = text.len() - digits.len();
    debug_assert!(padding <= 2, "no more than two signs were taken off");
    let unused_bits = match padding {
        0 => 0,
        1 => 0b11,
        _ => 0b1111,
    };
    match digits.as_bytes().last().map(|&digit| digit_value(digit)) {
        Some(value) if value & unused_bits != 0 => {
            Err("Invalid last non-pad Base64 character dectected".into())
        }
        _ => Ok(()),
    }
}

fn digit_value(digit: u8) -> u8 {
    match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => unreachable!("other characters were refused before"),
    }
}

/// The parser's words for a value of the wrong type.
fn mismatch(json: &Json<'_>, shape: &Shape) -> String {
    match (&shape.kind, json) {
        (ShapeKind::Structure(_) | ShapeKind::Value(_), Json::Array(_)) => {
            format!("Unrecognized collection type {}", java_type(shape))
        }
        (ShapeKind::Structure(_) | ShapeKind::Value(_), _) => {
            "Unexpected value type in payload".into()
        }
        (_, Json::Object(_)) => UNEXPECTED_STRUCTURE.into(),
        (_, Json::Array(_)) => format!("Unrecognized collection type {}", java_type(shape)),
        (ShapeKind::List { .. } | ShapeKind::Map { .. }, _) => "Unexpected field type".into(),
        (ShapeKind::Blob, _) => "only base-64-encoded strings are convertible to bytes".into(),
        (ShapeKind::Boolean, Json::String(_)) => "Unexpected token received from parser".into(),
        (_, scalar) => format!("{} cannot be converted to {}", token(scalar), java_name(shape)),
    }
}

/// Jackson's name of a scalar token.
fn token(json: &Json<'_>) -> &'static str {
    match json {
        Json::Bool(true) => "TRUE_VALUE",
        Json::Bool(false) => "FALSE_VALUE",
        Json::Integer(_) => "NUMBER_VALUE",
        Json::Decimal(_) => "DECIMAL_VALUE",
        _ => "STRING_VALUE",
    }
}

/// The class a value would be read as, without its package.
fn java_name(shape: &Shape) -> &str {
    match shape.kind {
        ShapeKind::Text(_) | ShapeKind::TableReference => "String",
        ShapeKind::Integer(_) => "Integer",
        ShapeKind::Long(_) => "Long",
        ShapeKind::Boolean => "Boolean",
        ShapeKind::Timestamp => "Date",
        ShapeKind::Blob => "ByteBuffer",
        _ => shape.name,
    }
}

/// The class or parameterized type as the parser prints it.
fn java_type(shape: &Shape) -> String {
    match &shape.kind {
        ShapeKind::List { element, .. } => format!("java.util.List<{}>", java_parameter(element)),
        ShapeKind::Map { value, .. } => {
            format!("java.util.Map<java.lang.String, {}>", java_parameter(value))
        }
        _ => format!("class {}", java_parameter(shape)),
    }
}

fn java_parameter(shape: &Shape) -> String {
    match shape.kind {
        ShapeKind::Structure(_) | ShapeKind::Value(_) => format!("{MODEL_PACKAGE}{}", shape.name),
        ShapeKind::Blob => "java.nio.ByteBuffer".into(),
        ShapeKind::List { .. } | ShapeKind::Map { .. } => java_type(shape),
        _ => format!("java.lang.{}", java_name(shape)),
    }
}
