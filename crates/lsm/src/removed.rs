//! Removed ranges: rows that went all at once, and lie in tables until these are merged.
//!
//! A range is removed by one commit: it hides the rows within that earlier commits wrote. It stays
//! on the list until no table has such a row any more.

use crate::block::Commit;
use crate::table::Table;

/// A range, `start` included and `end` not, and the commit that removed its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemovedRange {
    pub(crate) start: Vec<u8>,
    pub(crate) end: Vec<u8>,
    pub(crate) commit: Commit,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct RemovedRanges {
    /// By their starts.
    ranges: Vec<RemovedRange>,
    /// The greatest end up to each.
    reach: Vec<Vec<u8>>,
}

impl RemovedRange {
    /// Whether it hides a row that such a commit wrote.
    pub(crate) fn hides(&self, key: &[u8], commit: Commit) -> bool {
        commit < self.commit && &self.start[..] <= key && key < &self.end[..]
    }

    /// Whether a table may still have a row that it hides.
    pub(crate) fn may_hide_in(&self, table: &Table) -> bool {
        self.commit > table.commits.removed_until
            && table.commits.min < self.commit
            && self.meets(&table.first, &table.last)
    }

    /// Whether any key from `first` to `last` lies within.
    pub(crate) fn meets(&self, first: &[u8], last: &[u8]) -> bool {
        &self.start[..] <= last && first < &self.end[..]
    }
}

impl RemovedRanges {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &RemovedRange> {
        self.ranges.iter()
    }

    /// Whether a range hides a row from a reader as of some commit.
    pub(crate) fn hide(&self, key: &[u8], commit: Commit, reader: Commit) -> bool {
        self.hiding(key, commit, reader).is_some()
    }

    fn hiding(&self, key: &[u8], commit: Commit, reader: Commit) -> Option<&RemovedRange> {
        let behind = self.ranges.partition_point(|range| &range.start[..] <= key);
        // Those before end no later than the reach says.
        let reaching = (0..behind).rev().take_while(|at| &self.reach[*at][..] > key);
        let mut reaching = reaching.map(|at| &self.ranges[at]);
        reaching.find(|range| range.commit <= reader && range.hides(key, commit))
    }

    pub(crate) fn with(&self, range: RemovedRange) -> Self {
        self.ranges.iter().cloned().chain([range]).collect()
    }

    /// Without those that are done with.
    pub(crate) fn retaining(&self, keep: impl Fn(&RemovedRange) -> bool) -> Self {
        self.ranges.iter().filter(|range| keep(range)).cloned().collect()
    }
}

impl FromIterator<RemovedRange> for RemovedRanges {
    fn from_iter<I: IntoIterator<Item = RemovedRange>>(ranges: I) -> Self {
        let mut ranges: Vec<RemovedRange> = ranges.into_iter().collect();
        ranges.sort_by(|a, b| (&a.start, a.commit).cmp(&(&b.start, b.commit)));
        let mut reach: Vec<Vec<u8>> = Vec::with_capacity(ranges.len());
        for range in &ranges {
            let greatest = reach.last().filter(|last| **last > range.end);
            reach.push(greatest.unwrap_or(&range.end).clone());
        }
        Self { ranges, reach }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: &str, end: &str, commit: Commit) -> RemovedRange {
        RemovedRange { start: start.into(), end: end.into(), commit }
    }

    #[test]
    fn a_range_hides_older_rows_from_later_readers() {
        let ranges: RemovedRanges =
            [range("m", "p", 7), range("a", "z", 5), range("b", "c", 9)].into_iter().collect();
        let hiding = |key: &str, commit, reader| {
            ranges.hiding(key.as_bytes(), commit, reader).map(|range| range.commit)
        };
        assert_eq!(hiding("x", 4, 10), Some(5), "a long range is found behind short ones");
        assert_eq!(hiding("x", 5, 10), None);
        assert_eq!(hiding("x", 4, 4), None);
        assert_eq!(hiding("n", 6, 10), Some(7));
        assert_eq!(hiding("b", 8, 10), Some(9));
        assert_eq!(hiding("c", 8, 10), None, "its end is not within");
        assert_eq!(hiding("z", 1, 10), None);
        assert_eq!(hiding("A", 1, 10), None);
        let left = ranges.retaining(|range| range.commit != 5);
        assert_eq!((left.iter().count(), left.hiding(b"x", 4, 10)), (2, None));
    }
}
