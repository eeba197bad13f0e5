//! Tables: rows on disk in the order of their keys, written once and never changed.
//!
//! ```text
//! table ┌ head ┬ block ┬ block ┬ … ┬ extent ┬ block ┬ … ┬ extent ┬ top ┐
//!       └──────┴───────┴───────┴───┴───────────┴───────┴───┴───────────┴─────┘
//!                └────── found by ──────┘ └──────── found by ──────────┘
//! ```
//! Some sixty blocks of rows and the extent behind them are a quarter of a mebibyte. The
//! extent has the last key of each block, and a filter of all their keys; the top has the last key
//! of each extent. The top is in memory for as long as the table is open, extents and blocks
//! are read when they are needed and kept in the cache. So a get asks the top, an extent, which
//! says that most absent keys are absent, and a block.
//!
//! The bytes: `docs/format/lsm.md`.

mod cursor;
mod file;
mod writer;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use crate::block::{Block, Commit};
use crate::cache::{Piece, PieceCache};
use crate::error::TreeError;
use crate::extent::{Extent, Place};
use file::TableFile;

pub(crate) use cursor::{CacheUse, TableCursor};
pub(crate) use file::{TableEntry, table_path};
pub(crate) use writer::TableWriter;

/// An open table.
pub(crate) struct Table {
    file: TableFile,
    pub(crate) entry: TableEntry,
    /// The keys of its first and last row.
    pub(crate) first: Bytes,
    pub(crate) last: Bytes,
    pub(crate) commits: TableCommits,
    /// How many of its rows say that a row was removed.
    pub(crate) removals: u64,
    /// How many rows it has.
    pub(crate) rows: u64,
    /// The extents, by the last key of each.
    top: Block,
    is_obsolete: AtomicBool,
}

/// Which commits a table has rows of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableCommits {
    /// No row was written by an earlier commit, and none by a later one.
    pub(crate) min: Commit,
    pub(crate) max: Commit,
    /// The table has no row that a range hides which was removed up to here.
    pub(crate) removed_until: Commit,
}

/// A row as a table has it: by which commit, and the value, `None` for one that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundRow {
    pub(crate) commit: Commit,
    pub(crate) value: Option<Bytes>,
}

impl Table {
    /// The row with that key, whose fingerprint is given too.
    pub(crate) fn get(
        &self,
        cache: &PieceCache,
        key: &[u8],
        fingerprint: u64,
    ) -> Result<Option<FoundRow>, TreeError> {
        if key < &self.first[..] || key > &self.last[..] {
            return Ok(None);
        }
        let at = self.top.seek(key);
        if at == self.top.count() {
            return Ok(None);
        }
        let extent = self.extent(cache, at)?;
        if !extent.may_contain(fingerprint) {
            return Ok(None);
        }
        let at = extent.index.seek(key);
        if at == extent.index.count() {
            return Ok(None);
        }
        let place = Place::in_index(&extent.index, at);
        let block = self.rows(Some(cache), place, &place.bytes())?;
        Ok(block
            .find(key)
            .map(|at| FoundRow { commit: block.version(at).0, value: block.value(at) }))
    }

    /// Whether the table may have a key of the group with this fingerprint that is not below `start`,
    /// which is one of its keys.
    pub(crate) fn may_have_group(
        &self,
        cache: &PieceCache,
        start: &[u8],
        fingerprint: u64,
    ) -> Result<bool, TreeError> {
        let at = self.top.seek(start);
        if at == self.top.count() {
            return Ok(false);
        }
        // The group is in this extent or in none: the extent's last key is one of the group, or
        // behind all of them.
        let extent = self.extent(cache, at)?;
        Ok(extent.may_contain(fingerprint))
    }

    /// Whether a key may lie between the first and the last of this table.
    pub(crate) fn spans(&self, key: &[u8]) -> bool {
        &self.first[..] <= key && key <= &self.last[..]
    }

    /// Has the file removed once nobody reads it any more.
    pub(crate) fn retire(&self) {
        self.is_obsolete.store(true, Ordering::Relaxed);
    }

    pub(crate) fn extents(&self) -> usize {
        self.top.count()
    }

    fn extent(&self, cache: &PieceCache, at: usize) -> Result<Arc<Extent>, TreeError> {
        let place = Place::in_index(&self.top, at);
        let name = (self.entry.number, place.at);
        if let Some(Piece::Extent(extent)) = cache.get(name) {
            return Ok(extent);
        }
        let extent = Arc::new(self.file.extent(place)?);
        cache.put(name, Piece::Extent(Arc::clone(&extent)));
        Ok(extent)
    }

    /// A block of rows, by way of the cache or past it; `reach` is what is read when the disk is.
    fn rows(
        &self,
        cache: Option<&PieceCache>,
        place: Place,
        reach: &Range<u64>,
    ) -> Result<Arc<Block>, TreeError> {
        #[cfg(test)]
        cache.map(|cache| cache.blocks_asked.fetch_add(1, Ordering::Relaxed));
        let name = (self.entry.number, place.at);
        if let Some(Piece::Rows(block)) = cache.and_then(|cache| cache.get(name)) {
            return Ok(block);
        }
        let block = Arc::new(self.file.rows(place, reach)?);
        if let Some(cache) = cache {
            cache.put(name, Piece::Rows(Arc::clone(&block)));
        }
        Ok(block)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        if *self.is_obsolete.get_mut() {
            self.file.remove();
        }
    }
}
