//! Scan.
//!
//! Checks: `Select` and its companions → the segment → table exists → index exists → consistent
//! reads are possible → the start key → what is asked for is projected.
//!
//! A segment is a range of hashes, so the segments together read every row once.

use expr::{Condition, Projection};
use model::{ApiError, Item, ReturnConsumedCapacity, Scope, Select};
use store::{Direction, RowKey, Store};

use super::reported;
use crate::catalog::NamedTable;
use crate::database::Db;
use crate::error::validation;
use crate::reading::{Page, Selection, Source, Walk, check_select, start};

/// Items of a whole table or index, or of one segment of it.
#[derive(Debug, Clone)]
pub struct Scan {
    /// The table.
    pub table: NamedTable,
    /// The index, if not the table itself.
    pub index: Option<String>,
    /// What an evaluated item must satisfy.
    pub filter: Option<Condition>,
    /// What of the items to answer.
    pub projection: Option<Projection>,
    /// `Select`.
    pub select: Option<Select>,
    /// Most items to evaluate; at least 1.
    pub limit: Option<usize>,
    /// `ConsistentRead`.
    pub consistent: bool,
    /// The `LastEvaluatedKey` of the page before.
    pub exclusive_start_key: Option<Item>,
    /// `Segment`.
    pub segment: Option<u32>,
    /// `TotalSegments`, 1 to 1,000,000.
    pub total_segments: Option<u32>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

impl<S: Store> Db<S> {
    /// Reads one page of a table or index.
    pub async fn scan(&self, scope: &Scope, request: Scan) -> Result<Page, ApiError> {
        // Find.
        let index = request.index.as_deref();
        check_select(request.select, request.projection.as_ref(), index)?;
        let segment = Segment::new(request.segment, request.total_segments)?;
        let table = self.table(scope, &request.table)?;
        let source = Source::find(&table, index, request.consistent)?;

        // Check.
        let start = request.exclusive_start_key.as_ref();
        let after = start.map(|key| start::of_scan(&source, key)).transpose()?;
        segment.check_start(after.as_ref())?;
        let filter = request.filter;
        let selection =
            Selection::new(&source, request.select, request.projection, filter.as_ref())?;

        // Act and answer.
        let (first, last) = segment.hashes();
        let rows = source.place().hashes(first, last, after);
        let (limit, consistency) = (request.limit, request.consistent.into());
        let direction = Direction::Forward;
        let walk = Walk { source, selection, filter, limit, consistency, direction };
        walk.run(
            &**self.store(),
            &rows,
            reported(request.report_capacity, request.table.reference()),
        )
        .await
    }
}

/// A part of a scan.
#[derive(Debug, Clone, Copy)]
struct Segment {
    number: u32,
    of: u32,
}

impl Segment {
    /// Messages: test_scan.py and public bug reports against AWS, 2026-11.
    fn new(segment: Option<u32>, total_segments: Option<u32>) -> Result<Self, ApiError> {
        match (segment, total_segments) {
            (None, None) => Ok(Self { number: 0, of: 1 }),
            (Some(number), Some(of)) if number < of => Ok(Self { number, of }),
            (Some(number), Some(of)) => Err(validation(format!(
                "The Segment parameter is zero-based and must be less than parameter \
                 TotalSegments: Segment: {number} is not less than TotalSegments: {of}"
            ))),
            (Some(_), None) => Err(validation(
                "The TotalSegments parameter is required but was not present in the request when \
                 Segment parameter is present",
            )),
            (None, Some(_)) => Err(validation(
                "The Segment parameter is required but was not present in the request when \
                 parameter TotalSegments is present",
            )),
        }
    }

    /// First and last hash: the segments split all hashes evenly, without gaps.
    fn hashes(self) -> (u64, u64) {
        let begin = |number: u32| (u128::from(number) << 64) / u128::from(self.of);
        let hash = |n: u128| u64::try_from(n).expect("below 2^64 by construction");
        (hash(begin(self.number)), hash(begin(self.number + 1) - 1))
    }

    fn check_start(self, after: Option<&RowKey>) -> Result<(), ApiError> {
        let (first, last) = self.hashes();
        match after.map(|row| row.borrowed().hash()) {
            Some(hash) if !(first..=last).contains(&hash) => {
                Err(start::outside_segment(self.number, self.of))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cover_all_hashes_without_gap_or_overlap() {
        for of in [1, 2, 3, 7, 999_999, 1_000_000] {
            let mut expected = Some(0);
            for number in 0..of {
                let (first, last) = Segment { number, of }.hashes();
                assert_eq!(Some(first), expected);
                assert!(first <= last);
                expected = last.checked_add(1);
            }
            assert_eq!(expected, None);
        }
    }
}
