//! What rows are read from: a memtable, a table, or a level of tables. Each is gone through in the
//! order of keys, and has a key once.

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use crate::block::Commit;
use crate::cache::PieceCache;
use crate::direction::Direction;
use crate::error::TreeError;
use crate::memtable::{Key, Memtable};
use crate::table::{CacheUse, FoundRow, Table, TableCursor};

/// Rows of a memtable that are taken at once: few at first, for short ranges.
const PAGE_ROWS_MIN: usize = 16;
const PAGE_ROWS_MAX: usize = 256;

/// Rows, and a place among them.
pub(crate) enum Source {
    Memtable(MemtableCursor),
    Table(TableCursor),
    Level(LevelCursor),
}

/// A place among the rows of a memtable, as a reader as of some commit sees them.
pub(crate) struct MemtableCursor {
    memtable: Arc<Memtable>,
    reader: Commit,
    /// Where the rows that are wanted end, in the direction of reading: the bound itself is one of
    /// them backwards, and none forwards.
    until: Key,
    page: Vec<(Key, FoundRow)>,
    at: usize,
    page_rows: usize,
}

/// A place among the rows of some tables that follow each other.
pub(crate) struct LevelCursor {
    tables: Vec<Arc<Table>>,
    cache: Arc<PieceCache>,
    cache_use: CacheUse,
    at: usize,
    cursor: Option<TableCursor>,
}

impl Source {
    /// The key of the row it is at; `None` behind the last.
    pub(crate) fn key(&self) -> Option<&[u8]> {
        match self {
            Self::Memtable(cursor) => cursor.row().map(|(key, _)| &key[..]),
            Self::Table(cursor) => cursor.key(),
            Self::Level(cursor) => cursor.cursor.as_ref()?.key(),
        }
    }

    /// The commit that wrote the row. Call it at a row only.
    pub(crate) fn commit(&self) -> Commit {
        match self {
            Self::Memtable(cursor) => cursor.here().commit,
            Self::Table(cursor) => cursor.commit(),
            Self::Level(cursor) => cursor.here().commit(),
        }
    }

    /// The row's value; `None` for one that was removed. Call it at a row only.
    pub(crate) fn value(&self) -> Option<Bytes> {
        match self {
            Self::Memtable(cursor) => cursor.here().value.clone(),
            Self::Table(cursor) => cursor.value(),
            Self::Level(cursor) => cursor.here().value(),
        }
    }

    /// The same, borrowed.
    pub(crate) fn value_ref(&self) -> Option<&[u8]> {
        match self {
            Self::Memtable(cursor) => cursor.here().value.as_deref(),
            Self::Table(cursor) => cursor.value_ref(),
            Self::Level(cursor) => cursor.here().value_ref(),
        }
    }

    /// Goes to the first row not below `key`, or to the last one below.
    pub(crate) fn seek(&mut self, key: &[u8], direction: Direction) -> Result<(), TreeError> {
        match self {
            Self::Memtable(cursor) => cursor.seek(key, direction),
            Self::Table(cursor) => return cursor.seek(key, direction),
            Self::Level(cursor) => return cursor.seek(key, direction),
        }
        Ok(())
    }

    /// Goes to the next row in that direction. Call it at a row only.
    pub(crate) fn step(&mut self, direction: Direction) -> Result<(), TreeError> {
        match self {
            Self::Memtable(cursor) => cursor.step(direction),
            Self::Table(cursor) => return cursor.step(direction),
            Self::Level(cursor) => return cursor.step(direction),
        }
        Ok(())
    }
}

/// The newest of the sources whose row comes next; newer ones stand first.
pub(crate) fn next_of(sources: &[Source], direction: Direction) -> Option<usize> {
    let mut next: Option<(usize, &[u8])> = None;
    for (at, source) in sources.iter().enumerate() {
        let Some(key) = source.key() else { continue };
        let comes_first = next.is_none_or(|(_, next)| match direction {
            Direction::Forward => key < next,
            Direction::Backward => key > next,
        });
        if comes_first {
            next = Some((at, key));
        }
    }
    next.map(|(at, _)| at)
}

/// Goes on in all sources that are at the row with that key.
pub(crate) fn step_past(
    sources: &mut [Source],
    key: &[u8],
    direction: Direction,
) -> Result<(), TreeError> {
    for source in sources {
        if source.key() == Some(key) {
            source.step(direction)?;
        }
    }
    Ok(())
}

impl MemtableCursor {
    pub(crate) fn new(memtable: Arc<Memtable>, reader: Commit, until: &[u8]) -> Self {
        let until = Key::from_slice(until);
        Self { memtable, reader, until, page: Vec::new(), at: 0, page_rows: PAGE_ROWS_MIN }
    }

    fn row(&self) -> Option<&(Key, FoundRow)> {
        self.page.get(self.at)
    }

    fn here(&self) -> &FoundRow {
        &self.page[self.at].1
    }

    fn seek(&mut self, key: &[u8], direction: Direction) {
        self.page_rows = PAGE_ROWS_MIN;
        let from = match direction {
            Direction::Forward => Bound::Included(key),
            Direction::Backward => Bound::Excluded(key),
        };
        self.turn(from, direction);
    }

    fn step(&mut self, direction: Direction) {
        self.at += 1;
        if self.at == self.page.len() && self.page.len() == self.page_rows {
            let (last, _) = self.page.pop().expect("a page has rows");
            self.page_rows = (self.page_rows * 4).min(PAGE_ROWS_MAX);
            self.turn(Bound::Excluded(&last), direction);
        }
    }

    fn turn(&mut self, from: Bound<&[u8]>, direction: Direction) {
        self.page.clear();
        self.at = 0;
        let range = match direction {
            Direction::Forward => (from, Bound::Excluded(&self.until[..])),
            Direction::Backward => (Bound::Included(&self.until[..]), from),
        };
        self.memtable.page(range, direction, self.reader, &mut self.page, self.page_rows);
    }
}

impl LevelCursor {
    /// Over tables in the order of their keys.
    pub(crate) fn new(
        tables: Vec<Arc<Table>>,
        cache: Arc<PieceCache>,
        cache_use: CacheUse,
    ) -> Self {
        Self { tables, cache, cache_use, at: 0, cursor: None }
    }

    fn here(&self) -> &TableCursor {
        self.cursor.as_ref().expect("the cursor is at a row")
    }

    fn seek(&mut self, key: &[u8], direction: Direction) -> Result<(), TreeError> {
        let at = match direction {
            Direction::Forward => Some(self.tables.partition_point(|table| &table.last[..] < key)),
            Direction::Backward => {
                self.tables.partition_point(|table| &table.first[..] < key).checked_sub(1)
            }
        };
        match at.filter(|at| *at < self.tables.len()) {
            Some(at) => self.enter(at).seek(key, direction),
            None => {
                self.cursor = None;
                Ok(())
            }
        }
    }

    fn step(&mut self, direction: Direction) -> Result<(), TreeError> {
        let cursor = self.cursor.as_mut().expect("a cursor steps from a row");
        cursor.step(direction)?;
        if cursor.key().is_some() {
            return Ok(());
        }
        let next = match direction {
            Direction::Forward => Some(self.at + 1).filter(|next| *next < self.tables.len()),
            Direction::Backward => self.at.checked_sub(1),
        };
        let Some(next) = next else {
            self.cursor = None;
            return Ok(());
        };
        let cursor = self.enter(next);
        match direction {
            Direction::Forward => cursor.seek_first(),
            Direction::Backward => cursor.seek_last(),
        }
    }

    fn enter(&mut self, at: usize) -> &mut TableCursor {
        self.at = at;
        let table = &self.tables[at];
        let same = self.cursor.take().filter(|cursor| Arc::ptr_eq(cursor.table(), table));
        self.cursor.insert(same.unwrap_or_else(|| {
            TableCursor::new(Arc::clone(table), Arc::clone(&self.cache), self.cache_use)
        }))
    }
}
