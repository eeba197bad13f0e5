//! What a reader reads: memtables and tables, as they are at one moment.
//!
//! ```text
//! memtables    active ← the writer         newest first: of two rows with one key
//!              frozen, frozen → a flush    the first that is found is the one that counts
//! level 0      tables of whole memtables, their keys overlap, the newest first
//! levels 1–6   each in the order of keys, no two overlap
//! ```
//! A view never changes, except that rows are added to its active memtable; a change makes another
//! view. Whoever holds one keeps its memtables in memory and its tables on disk.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::memtable::Memtable;
use crate::removed::{RemovedRange, RemovedRanges};
use crate::table::Table;

/// Level 0, and six in the order of keys.
pub(crate) const LEVELS: usize = 7;

/// All memtables and tables.
#[derive(Clone)]
pub(crate) struct View {
    /// Takes what is written.
    pub(crate) active: Arc<Memtable>,
    /// Those that take no more and are on their way to disk, the newest first.
    pub(crate) frozen: Vec<Arc<Memtable>>,
    pub(crate) levels: Arc<Levels>,
    pub(crate) removed: Arc<RemovedRanges>,
}

/// The tables.
#[derive(Clone, Default)]
pub(crate) struct Levels([Vec<Arc<Table>>; LEVELS]);

impl Levels {
    pub(crate) fn new(mut levels: [Vec<Arc<Table>>; LEVELS]) -> Self {
        for level in &mut levels[1..] {
            level.sort_by(|a, b| a.first.cmp(&b.first));
            let overlap = level.windows(2).any(|pair| pair[0].last >= pair[1].first);
            assert!(!overlap, "tables of one level have no key in common");
        }
        Self(levels)
    }

    pub(crate) fn level(&self, level: usize) -> &[Arc<Table>] {
        &self.0[level]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Arc<Table>)> {
        let levels = self.0.iter().enumerate();
        levels.flat_map(|(level, tables)| tables.iter().map(move |table| (level, table)))
    }

    pub(crate) fn bytes(&self, level: usize) -> u64 {
        self.0[level].iter().map(|table| table.entry.bytes).sum()
    }

    /// The one table of a level behind 0 that may have the key.
    pub(crate) fn spanning(&self, level: usize, key: &[u8]) -> Option<&Arc<Table>> {
        let tables = self.level(level);
        let at = tables.partition_point(|table| &table.last[..] < key);
        tables.get(at).filter(|table| table.spans(key))
    }

    /// The tables of a level behind 0 that may have a key from `first` to `last`.
    pub(crate) fn overlapping(&self, level: usize, first: &[u8], last: &[u8]) -> &[Arc<Table>] {
        let tables = self.level(level);
        let start = tables.partition_point(|table| &table.last[..] < first);
        let behind = tables[start..].partition_point(|table| &table.first[..] <= last);
        &tables[start..start + behind]
    }

    /// The tables that may have a key of a range.
    pub(crate) fn meeting<'l>(
        &'l self,
        range: &'l RemovedRange,
    ) -> impl Iterator<Item = (usize, &'l Arc<Table>)> {
        let uppermost = self.level(0).iter().filter(|table| range.meets(&table.first, &table.last));
        let below = (1..LEVELS).flat_map(|level| {
            let meeting = self.overlapping(level, &range.start, &range.end).iter();
            meeting.map(move |table| (level, table))
        });
        uppermost.map(|table| (0, table)).chain(below)
    }

    /// Without some tables, and with others in one level.
    pub(crate) fn changed(
        &self,
        gone: &[u64],
        level: usize,
        come: impl IntoIterator<Item = Arc<Table>>,
    ) -> Self {
        let mut levels = self.0.clone();
        for tables in &mut levels {
            tables.retain(|table| !gone.contains(&table.entry.number));
        }
        match level {
            0 => drop(levels[0].splice(0..0, come)),
            _ => levels[level].extend(come),
        }
        Self::new(levels)
    }
}

/// The first and the last key of some tables.
pub(crate) fn bounds<'t>(
    tables: impl IntoIterator<Item = &'t Arc<Table>>,
) -> Option<(&'t [u8], &'t [u8])> {
    tables.into_iter().map(|table| (&table.first[..], &table.last[..])).reduce(|a, b| {
        let first = if a.0.cmp(b.0) == Ordering::Greater { b.0 } else { a.0 };
        let last = if a.1.cmp(b.1) == Ordering::Less { b.1 } else { a.1 };
        (first, last)
    })
}
