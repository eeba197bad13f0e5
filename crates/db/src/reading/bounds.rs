//! From a key condition to a run of rows in one partition.
//!
//! All hash attributes are equal to a value. Range attributes are given left to right without gaps,
//! and all but the last of those given are equal: what they are equal to is a prefix of the sort
//! bytes, and the last test bounds what follows it. Encoded scalars delimit themselves, so a prefix
//! of bytes is a prefix of attributes.

use std::ops::Bound;

use expr::{KeyCondition, KeyTest, Operand};
use model::{ApiError, KeyElement, KeyRole, KeySchema, ValueRef};
use store::{Direction, RowKey, RowRange, prefix_end};
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{invalid, validation};
use crate::layout::key_values::value_has_type;
use crate::layout::keys::Place;
use crate::schema::item_rules::{check_scalar, elements};

/// Rows of one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartitionBounds {
    partition: Vec<u8>,
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
    pub(crate) range_test: RangeTest,
}

/// How the condition bounds the sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RangeTest {
    /// Not at all.
    None,
    /// To one value of every range attribute.
    Exact,
    /// Otherwise.
    Part,
}

impl PartitionBounds {
    /// Fits a condition to a key.
    pub(crate) fn bind(condition: &KeyCondition, key: &KeySchema) -> Result<Self, ApiError> {
        check_shape(condition, key)?;
        check_operands(condition, key)?;
        let mut partition = Vec::with_capacity(64);
        for element in &key.hash {
            let Some(KeyTest::Equal(value)) = test_on(condition, element) else {
                return Err(hash_refused(condition, element, key));
            };
            model::key::encode_scalar(&value.value(), &mut partition);
        }
        let (prefix, last) = split_range(condition, key)?;
        let equal = condition.tests.len() - key.hash.len() - usize::from(last.is_some());
        let range_test = match last {
            None if equal == 0 => RangeTest::None,
            None if equal == key.range.len() => RangeTest::Exact,
            _ => RangeTest::Part,
        };
        let (lower, upper) = bounds(prefix, last);
        Ok(Self { partition, lower, upper, range_test })
    }

    /// Whether the row lies in the partition.
    pub(crate) fn has_partition_of(&self, row: &RowKey) -> bool {
        row.borrowed().partition() == self.partition
    }

    /// Whether the row's sort bytes lie within the bounds.
    pub(crate) fn has_sort_of(&self, row: &RowKey) -> bool {
        let sort = row.borrowed().sort();
        let above = match &self.lower {
            Bound::Included(lower) => sort >= &lower[..],
            Bound::Excluded(lower) => sort > &lower[..],
            Bound::Unbounded => true,
        };
        above
            && match &self.upper {
                Bound::Included(upper) => sort <= &upper[..],
                Bound::Excluded(upper) => sort < &upper[..],
                Bound::Unbounded => true,
            }
    }

    /// The rows, or those behind `after`, which lies within the bounds.
    pub(crate) fn rows(
        self,
        place: Place,
        after: Option<&RowKey>,
        direction: Direction,
    ) -> RowRange {
        let Self { partition, mut lower, mut upper, .. } = self;
        if let Some(after) = after {
            let after = Bound::Excluded(after.borrowed().sort().to_vec());
            match direction {
                Direction::Forward => lower = after,
                Direction::Backward => upper = after,
            }
        }
        let hash = xxh3_64(&partition);
        RowRange::Sorts { space: place.space, kind: place.kind, hash, partition, lower, upper }
    }
}

/// Checks how many tests there are and that each is on the key.
fn check_shape(condition: &KeyCondition, key: &KeySchema) -> Result<(), ApiError> {
    let tests = &condition.tests;
    if is_simple(key) && tests.len() > 2 {
        return Err(validation("Conditions can be of length 1 or 2 only"));
    }
    if let Some(missed) = key.hash.iter().find(|element| test_on(condition, element).is_none()) {
        return Err(hash_refused(condition, missed, key));
    }
    let on_key = |name: &String| elements(key).any(|(_, element)| element.name == *name);
    if tests.iter().all(|(name, _)| on_key(name)) {
        return Ok(());
    }
    // The message names what was expected there, not what was found (public bug reports, 2026-11).
    Err(match key.range.first() {
        Some(range) => {
            validation(format!("Query condition missed key schema element: {}", range.name))
        }
        None => validation("Query key condition not supported"),
    })
}

fn check_operands(condition: &KeyCondition, key: &KeySchema) -> Result<(), ApiError> {
    for (role, element) in elements(key) {
        let Some(test) = test_on(condition, element) else { continue };
        for operand in operands(test) {
            check_operand(role, element, &operand.value())?;
        }
    }
    Ok(())
}

fn check_operand(
    role: KeyRole,
    element: &KeyElement,
    value: &ValueRef<'_>,
) -> Result<(), ApiError> {
    if !value_has_type(value, element.scalar_type) {
        return Err(invalid("Condition parameter type does not match schema type"));
    }
    check_scalar(role, element, value)
}

fn hash_refused(condition: &KeyCondition, element: &KeyElement, key: &KeySchema) -> ApiError {
    if !is_simple(key) {
        // The words are ours; test_gsi_composite_keys.py knows that AWS's have HASH and equality
        // in them, 2026-11.
        return validation(format!(
            "Query key condition not supported: every HASH key attribute must have an equality \
             condition: {}",
            element.name
        ));
    }
    match test_on(condition, element) {
        Some(_) => validation("Query key condition not supported"),
        None => validation(format!("Query condition missed key schema element: {}", element.name)),
    }
}

/// The bytes of the leading equalities on range attributes, and the test behind them.
fn split_range<'a>(
    condition: &'a KeyCondition,
    key: &KeySchema,
) -> Result<(Vec<u8>, Option<&'a KeyTest>), ApiError> {
    let mut prefix = Vec::with_capacity(64);
    let mut range = key.range.iter().map(|element| test_on(condition, element));
    let mut last = None;
    for test in range.by_ref() {
        match test {
            Some(KeyTest::Equal(value)) => model::key::encode_scalar(&value.value(), &mut prefix),
            other => {
                last = other;
                break;
            }
        }
    }
    if range.any(|test| test.is_some()) {
        // The words are ours, as above.
        return Err(validation(
            "Query key condition not supported: RANGE key attributes must be given left to right, \
             all but the last with an equality condition",
        ));
    }
    Ok((prefix, last))
}

/// Bounds of the sort bytes that begin with `prefix` and satisfy `last` behind it.
fn bounds(prefix: Vec<u8>, last: Option<&KeyTest>) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let with = |operand: &Operand| {
        let mut bytes = prefix.clone();
        model::key::encode_scalar(&operand.value(), &mut bytes);
        bytes
    };
    let from = Bound::Included;
    let to = Bound::Excluded;
    let first = || if prefix.is_empty() { Bound::Unbounded } else { from(prefix.clone()) };
    let end = || behind(&prefix);
    match last {
        None => (first(), end()),
        Some(KeyTest::Equal(value)) => (from(with(value)), to(prefix_end(&with(value)))),
        Some(KeyTest::Less(value)) => (first(), to(with(value))),
        Some(KeyTest::LessOrEqual(value)) => (first(), to(prefix_end(&with(value)))),
        Some(KeyTest::Greater(value)) => (from(prefix_end(&with(value))), end()),
        Some(KeyTest::GreaterOrEqual(value)) => (from(with(value)), end()),
        Some(KeyTest::Between(low, high)) => (from(with(low)), to(prefix_end(&with(high)))),
        Some(KeyTest::BeginsWith(value)) => {
            let mut bytes = prefix.clone();
            model::key::encode_prefix(text(&value.value()), &mut bytes);
            let end = behind(&bytes);
            (from(bytes), end)
        }
    }
}

/// The bound behind all bytes that begin with `prefix`. There is none where nothing sorts behind
/// them: for the empty prefix, and for a binary of 0xFF alone.
fn behind(prefix: &[u8]) -> Bound<Vec<u8>> {
    let end = prefix_end(prefix);
    if end.is_empty() { Bound::Unbounded } else { Bound::Excluded(end) }
}

fn text<'a>(value: &ValueRef<'a>) -> &'a [u8] {
    match value {
        ValueRef::S(text) => text.as_bytes(),
        ValueRef::B(bytes) => bytes,
        _ => &[],
    }
}

fn test_on<'a>(condition: &'a KeyCondition, element: &KeyElement) -> Option<&'a KeyTest> {
    condition.tests.iter().find(|(name, _)| *name == element.name).map(|(_, test)| test)
}

fn operands(test: &KeyTest) -> impl Iterator<Item = &Operand> {
    let (first, second) = match test {
        KeyTest::Equal(value)
        | KeyTest::Less(value)
        | KeyTest::LessOrEqual(value)
        | KeyTest::Greater(value)
        | KeyTest::GreaterOrEqual(value)
        | KeyTest::BeginsWith(value) => (value, None),
        KeyTest::Between(low, high) => (low, Some(high)),
    };
    [first].into_iter().chain(second)
}

fn is_simple(key: &KeySchema) -> bool {
    key.hash.len() == 1 && key.range.len() <= 1
}
