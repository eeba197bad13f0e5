//! What tests say of two values.

use memchr::memmem;
use model::{ValueRef, work};

use crate::syntax::tree::Comparator;

pub(crate) fn compare(comparator: Comparator, left: ValueRef<'_>, right: ValueRef<'_>) -> bool {
    work::note(left.encoded_bytes().min(right.encoded_bytes()));
    match comparator {
        Comparator::Equal => left == right,
        Comparator::NotEqual => left != right,
        Comparator::Less => left.compare(&right).is_some_and(|order| order.is_lt()),
        Comparator::LessOrEqual => left.compare(&right).is_some_and(|order| order.is_le()),
        Comparator::Greater => left.compare(&right).is_some_and(|order| order.is_gt()),
        Comparator::GreaterOrEqual => left.compare(&right).is_some_and(|order| order.is_ge()),
    }
}

pub(crate) fn begins_with(value: ValueRef<'_>, prefix: ValueRef<'_>) -> bool {
    work::note(value.encoded_bytes().min(prefix.encoded_bytes()));
    match (value, prefix) {
        (ValueRef::S(text), ValueRef::S(prefix)) => text.as_bytes().starts_with(prefix.as_bytes()),
        (ValueRef::B(bytes), ValueRef::B(prefix)) => bytes.starts_with(prefix),
        _ => false,
    }
}

/// A part of a text or binary, or an element of a set or list; never of a map (Alternator's
/// test_filter_expression.py, run against AWS, 2026-11). A character of UTF-8 begins in no other, so
/// that parts of texts are parts of their bytes.
pub(crate) fn contains(value: ValueRef<'_>, element: ValueRef<'_>) -> bool {
    if let ValueRef::S(_) | ValueRef::B(_) = value {
        work::note(value.encoded_bytes() + element.encoded_bytes());
    }
    match (value, element) {
        (ValueRef::S(text), ValueRef::S(part)) => {
            memmem::find(text.as_bytes(), part.as_bytes()).is_some()
        }
        (ValueRef::B(bytes), ValueRef::B(part)) => memmem::find(bytes, part).is_some(),
        (ValueRef::Ss(set), ValueRef::S(_))
        | (ValueRef::Ns(set), ValueRef::N(_))
        | (ValueRef::Bs(set), ValueRef::B(_)) => set.contains(&element),
        (ValueRef::L(list), _) => list.iter().any(|one| one == element),
        _ => false,
    }
}
