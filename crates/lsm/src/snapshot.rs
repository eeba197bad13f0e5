//! One moment of a tree, to be read for as long as its reader likes.

use std::sync::Arc;

use bytes::Bytes;

use crate::core::Core;
use crate::direction::Direction;
use crate::error::TreeError;
use crate::filter;
use crate::rows::Rows;
use crate::snapshots::Reading;
use crate::source::{LevelCursor, MemtableCursor, Source};
use crate::table::{CacheUse, Table, TableCursor};
use crate::view::{LEVELS, View};

/// All rows of a tree at one moment. It keeps their memory and their files.
pub struct Snapshot {
    core: Arc<Core>,
    view: Arc<View>,
    reading: Arc<Reading>,
}

impl Snapshot {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        let (view, reading) = core.moment();
        Self { core, view, reading: Arc::new(reading) }
    }

    /// The value of a row.
    ///
    /// # Errors
    /// [`TreeError::Damaged`] and [`TreeError::Io`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Bytes>, TreeError> {
        self.core.get(&self.view, || self.reading.commit, key)
    }

    /// The rows from `start` on and before `end`.
    ///
    /// # Errors
    /// [`TreeError::Damaged`] and [`TreeError::Io`].
    pub fn rows(&self, start: &[u8], end: &[u8], direction: Direction) -> Result<Rows, TreeError> {
        let View { active, frozen, levels, .. } = &*self.view;
        let cache = || Arc::clone(&self.core.cache);
        let group = &start[..(self.core.options.group)(start)];
        let is_one_group = !group.is_empty() && filter::is_within(group, end);
        let fingerprint = filter::fingerprint(group);
        let may_have = |table: &Table| match is_one_group {
            true => table.may_have_group(&self.core.cache, start, fingerprint),
            false => Ok(true),
        };
        let mut sources = Vec::with_capacity(8);
        let until = match direction {
            Direction::Forward => end,
            Direction::Backward => start,
        };
        for memtable in std::iter::once(active).chain(frozen) {
            let cursor = MemtableCursor::new(Arc::clone(memtable), self.reading.commit, until);
            sources.push(Source::Memtable(cursor));
        }
        let meeting = levels.level(0).iter();
        for table in meeting.filter(|table| start <= &table.last[..] && &table.first[..] < end) {
            if may_have(table)? {
                let cursor = TableCursor::new(Arc::clone(table), cache(), CacheUse::Fill);
                sources.push(Source::Table(cursor));
            }
        }
        for level in 1..LEVELS {
            let tables = levels.overlapping(level, start, end);
            let may_have = match tables {
                [] => false,
                [table] => may_have(table)?,
                _ => true,
            };
            if may_have {
                let cursor = LevelCursor::new(tables.to_vec(), cache(), CacheUse::Fill);
                sources.push(Source::Level(cursor));
            }
        }
        let (reading, removed) = (Arc::clone(&self.reading), Arc::clone(&self.view.removed));
        Rows::new((reading, removed), sources, (start, end), direction)
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Snapshot")
            .field("commit", &self.reading.commit)
            .finish_non_exhaustive()
    }
}
