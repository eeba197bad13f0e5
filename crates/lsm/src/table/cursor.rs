//! Going through a table's rows, forward or backward.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::Table;
use crate::block::{Block, Commit};
use crate::cache::PieceCache;
use crate::direction::Direction;
use crate::error::TreeError;
use crate::extent::{Extent, Place};

/// What is read with a block from the disk: little for a short range, then as much as the cursor has
/// gone through. A short range of rows of 400 bytes, twenty of them, has three blocks.
const AHEAD_BYTES_MIN: u64 = 12 << 10;
const AHEAD_BYTES_MAX: u64 = 512 << 10;

/// Whether the blocks that a cursor reads are kept in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheUse {
    /// A reader's.
    Fill,
    /// A merge's: the table goes, and its blocks would push out those of others.
    Pass,
}

/// A place among the rows of a table, or behind its last one.
pub(crate) struct TableCursor {
    table: Arc<Table>,
    cache: Arc<PieceCache>,
    cache_use: CacheUse,
    /// The number of the extent, of the block in it, and of the row in that.
    extent: Option<(usize, Arc<Extent>)>,
    block: Option<(usize, Arc<Block>)>,
    row: usize,
    key: Vec<u8>,
    /// The bytes of the blocks that it went through since it was placed.
    gone: u64,
}

impl TableCursor {
    /// A cursor at no row: seek before anything else.
    pub(crate) fn new(table: Arc<Table>, cache: Arc<PieceCache>, cache_use: CacheUse) -> Self {
        let (extent, block) = (None, None);
        Self { table, cache, cache_use, extent, block, row: 0, key: Vec::new(), gone: 0 }
    }

    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The key of the row it is at.
    pub(crate) fn key(&self) -> Option<&[u8]> {
        self.block.as_ref().map(|_| &self.key[..])
    }

    /// The commit that wrote the row. Call it at a row only.
    pub(crate) fn commit(&self) -> Commit {
        self.at().version(self.row).0
    }

    /// The row's value; `None` for one that was removed. Call it at a row only.
    pub(crate) fn value(&self) -> Option<Bytes> {
        self.at().value(self.row)
    }

    /// The same, borrowed.
    pub(crate) fn value_ref(&self) -> Option<&[u8]> {
        self.at().value_ref(self.row)
    }

    /// Goes to the first row not below `key`, or to the last one below.
    pub(crate) fn seek(&mut self, key: &[u8], direction: Direction) -> Result<(), TreeError> {
        self.gone = 0;
        let extent = self.table.top.seek(key).min(self.table.extents() - 1);
        let index = &self.enter_extent(extent)?.index;
        let block = index.seek(key).min(index.count() - 1);
        let rows = self.enter_block(block, direction)?;
        self.row = rows.seek(key);
        match direction {
            Direction::Forward if self.row == rows.count() => {
                self.row -= 1;
                self.step(direction)
            }
            Direction::Forward => {
                self.read_key();
                Ok(())
            }
            Direction::Backward => self.step(direction),
        }
    }

    /// Goes to the first row.
    pub(crate) fn seek_first(&mut self) -> Result<(), TreeError> {
        self.enter_extent(0)?;
        self.enter_block(0, Direction::Forward)?;
        self.row = 0;
        self.read_key();
        Ok(())
    }

    /// Goes to the last row.
    pub(crate) fn seek_last(&mut self) -> Result<(), TreeError> {
        let blocks = self.enter_extent(self.table.extents() - 1)?.index.count();
        self.row = self.enter_block(blocks - 1, Direction::Backward)?.count() - 1;
        self.read_key();
        Ok(())
    }

    /// Goes to the next row in that direction. Call it at a row only.
    pub(crate) fn step(&mut self, direction: Direction) -> Result<(), TreeError> {
        let (block, rows) = self.block.as_ref().expect("a cursor steps from a row");
        let (block, count) = (*block, rows.count());
        match direction {
            Direction::Forward if self.row + 1 < count => {
                self.row += 1;
                self.read_suffix();
                Ok(())
            }
            Direction::Backward if self.row > 0 => {
                self.row -= 1;
                self.read_key();
                Ok(())
            }
            _ => self.step_block(block, direction),
        }
    }

    fn step_block(&mut self, block: usize, direction: Direction) -> Result<(), TreeError> {
        let (number, extent) = self.extent.as_ref().expect("a block is in an extent");
        let (number, blocks) = (*number, extent.index.count());
        let block = match direction {
            Direction::Forward if block + 1 < blocks => block + 1,
            Direction::Backward if block > 0 => block - 1,
            _ => {
                let next = match direction {
                    Direction::Forward => Some(number + 1),
                    Direction::Backward => number.checked_sub(1),
                };
                let Some(next) = next.filter(|next| *next < self.table.extents()) else {
                    self.block = None;
                    return Ok(());
                };
                let blocks = self.enter_extent(next)?.index.count();
                match direction {
                    Direction::Forward => 0,
                    Direction::Backward => blocks - 1,
                }
            }
        };
        let rows = self.enter_block(block, direction)?;
        self.row = match direction {
            Direction::Forward => 0,
            Direction::Backward => rows.count() - 1,
        };
        self.read_key();
        Ok(())
    }

    fn enter_extent(&mut self, number: usize) -> Result<Arc<Extent>, TreeError> {
        if let Some((current, extent)) = &self.extent
            && *current == number
        {
            return Ok(Arc::clone(extent));
        }
        let extent = self.table.extent(&self.cache, number)?;
        self.block = None;
        self.extent = Some((number, Arc::clone(&extent)));
        Ok(extent)
    }

    fn enter_block(
        &mut self,
        number: usize,
        direction: Direction,
    ) -> Result<Arc<Block>, TreeError> {
        if let Some((current, block)) = &self.block
            && *current == number
        {
            return Ok(Arc::clone(block));
        }
        let (_, extent) = self.extent.as_ref().expect("an extent comes first");
        let cache = (self.cache_use == CacheUse::Fill).then_some(&*self.cache);
        let place = Place::in_index(&extent.index, number);
        let block = self.table.rows(cache, place, &self.reach(place, direction))?;
        self.gone += u64::from(place.length);
        self.block = Some((number, Arc::clone(&block)));
        Ok(block)
    }

    /// The bytes of a block, and of what probably comes behind it.
    fn reach(&self, place: Place, direction: Direction) -> Range<u64> {
        let ahead = match self.cache_use {
            CacheUse::Fill => self.gone.clamp(AHEAD_BYTES_MIN, AHEAD_BYTES_MAX),
            CacheUse::Pass => AHEAD_BYTES_MAX,
        };
        let Range { start, end } = place.bytes();
        match direction {
            Direction::Forward => start..end.saturating_add(ahead),
            Direction::Backward => start.saturating_sub(ahead)..end,
        }
    }

    fn at(&self) -> &Block {
        &self.block.as_ref().expect("the cursor is at a row").1
    }

    fn read_key(&mut self) {
        let (_, block) = self.block.as_ref().expect("the cursor is at a row");
        self.key.clear();
        self.key.extend_from_slice(block.prefix());
        self.key.extend_from_slice(block.suffix(self.row));
    }

    /// The key of another row of the same block.
    fn read_suffix(&mut self) {
        let (_, block) = self.block.as_ref().expect("the cursor is at a row");
        self.key.truncate(block.prefix().len());
        self.key.extend_from_slice(block.suffix(self.row));
    }
}
