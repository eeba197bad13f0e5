//! `ExclusiveStartKey`: where a page goes on.
//!
//! Messages: test_query.py, test_scan.py and test_gsi.py (their comments quote AWS), 2026-11.

use std::fmt::Write as _;

use model::{ApiError, Item, MapRef, ValueRef};
use store::RowKey;

use super::{PartitionBounds, RangeTest, Source};
use crate::error::validation;
use crate::schema::item_rules::{check_scalars, check_types};
use crate::schema::key_names;

const INVALID: &str = "The provided starting key is invalid";

/// Checks a query's start key and names the row behind which to go on.
pub(crate) fn of_query(
    source: &Source<'_>,
    bounds: &PartitionBounds,
    key: &Item,
) -> Result<RowKey, ApiError> {
    let key = key.attributes();
    if !has_the_right_attributes(source, key) {
        return Err(validation(INVALID));
    }
    let row = row(source, key)?;
    if source.index.is_none() && source.key().range.is_empty() {
        return Err(validation(format!(
            "The provided exclusive start key is invalid: ExclusiveStartKey: {}",
            printed(key)
        )));
    }
    let (partition, sort) = (bounds.has_partition_of(&row), bounds.has_sort_of(&row));
    match bounds.range_test {
        RangeTest::Exact if source.index.is_none() || (sort && !partition) => {
            Err(validation("The query can return at most one row and cannot be restarted"))
        }
        RangeTest::Exact | RangeTest::Part if !sort => {
            Err(validation("The provided starting key does not match the range key predicate"))
        }
        _ if !partition => Err(validation(
            "The provided starting key is outside query boundaries based on provided conditions",
        )),
        _ => Ok(row),
    }
}

/// Checks a scan's start key and names the row behind which to go on.
pub(crate) fn of_scan(source: &Source<'_>, key: &Item) -> Result<RowKey, ApiError> {
    let key = key.attributes();
    if !has_the_right_attributes(source, key) {
        return Err(match source.index {
            Some(_) => validation(INVALID),
            None => {
                validation(format!("{INVALID}: The provided key element does not match the schema"))
            }
        });
    }
    row(source, key)
}

/// A start key of another segment.
pub(crate) fn outside_segment(segment: u32, total_segments: u32) -> ApiError {
    validation(format!(
        "{INVALID}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. \
         TotalSegments: {total_segments} Segment: {segment}"
    ))
}

fn has_the_right_attributes(source: &Source<'_>, key: MapRef<'_>) -> bool {
    let needed = key_names(source.key()).chain(key_names(source.table.key()));
    needed.into_iter().all(|name| key.get(name).is_some())
        && key.iter().all(|(name, _)| source.positions_by(name.as_str()))
}

fn row(source: &Source<'_>, key: MapRef<'_>) -> Result<RowKey, ApiError> {
    for schema in [source.key(), source.table.key()] {
        check_types(schema, key)?;
        check_scalars(schema, key)?;
    }
    Ok(source.row_of(key).expect("the attributes were checked to be there and to fit"))
}

/// A key as AWS's message has it: `{p=AttributeValue: {S:text}}`.
fn printed(key: MapRef<'_>) -> String {
    let mut text = String::from("{");
    for (position, (name, value)) in key.iter().enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        let shown = match value {
            ValueRef::S(text) => text.as_str().to_owned(),
            ValueRef::N(number) => number.to_number().to_string(),
            other => format!("{other:?}"),
        };
        let type_name = value.type_name();
        write!(text, "{separator}{}=AttributeValue: {{{type_name}:{shown}}}", name.as_str())
            .expect("writing to a string does not fail");
    }
    text.push('}');
    text
}
