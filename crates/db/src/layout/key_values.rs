//! Which values can stand in a key.

use model::limits::{PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX};
use model::{KeyElement, KeyRole, ScalarType, ValueRef};

/// Whether a value in byte form can stand in a key.
pub(crate) fn fits(role: KeyRole, element: &KeyElement, value: &ValueRef<'_>) -> bool {
    value_has_type(value, element.scalar_type)
        && emptiness(value).is_none()
        && key_bytes(value) <= bytes_max(role)
}

/// Whether a value in byte form has the type.
pub(crate) fn value_has_type(value: &ValueRef<'_>, scalar_type: ScalarType) -> bool {
    matches!(
        (value, scalar_type),
        (ValueRef::S(_), ScalarType::S)
            | (ValueRef::N(_), ScalarType::N)
            | (ValueRef::B(_), ScalarType::B)
    )
}

/// What kind of empty value it is, if it is one.
pub(crate) fn emptiness(value: &ValueRef<'_>) -> Option<&'static str> {
    match value {
        ValueRef::S(text) if text.is_empty() => Some("string"),
        ValueRef::B([]) => Some("binary"),
        _ => None,
    }
}

/// Bytes it counts for in a key; numbers are bounded as they are.
pub(crate) fn key_bytes(value: &ValueRef<'_>) -> usize {
    match value {
        ValueRef::S(text) => text.len(),
        ValueRef::B(bytes) => bytes.len(),
        _ => 0,
    }
}

/// Most bytes of a value in that part of a key.
pub(crate) fn bytes_max(role: KeyRole) -> usize {
    match role {
        KeyRole::Hash => PARTITION_KEY_BYTES_MAX,
        KeyRole::Range => SORT_KEY_BYTES_MAX,
    }
}
