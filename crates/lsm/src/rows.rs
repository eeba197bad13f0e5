//! Reading rows in the order of their keys, over everything that a view has.
//!
//! ```text
//! active memtable   b₉ ×d₉            ×: a row that was removed
//! level 0           b₅    e₄          reading forward: a₁ b₉ c₂ e₄
//! level 6           a₁ c₂ d₁          of equal keys the uppermost counts
//! ```

use std::sync::Arc;

use bytes::Bytes;

use crate::block::Commit;
use crate::direction::Direction;
use crate::error::TreeError;
use crate::removed::RemovedRanges;
use crate::snapshots::Reading;
use crate::source::{Source, next_of, step_past};

/// A key and its value.
pub type RowRef<'r> = (&'r [u8], &'r [u8]);

/// Where going on led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// To a row.
    Row,
    /// Behind the last one.
    End,
    /// To none yet, though as many were looked at as allowed.
    Spent,
}

/// The rows of a range, one after the other, as of one moment.
pub struct Rows {
    reading: Arc<Reading>,
    removed: Arc<RemovedRanges>,
    /// The newest first.
    sources: Vec<Source>,
    start: Vec<u8>,
    end: Vec<u8>,
    direction: Direction,
    key: Vec<u8>,
    value: Bytes,
    is_at_row: bool,
}

impl Rows {
    /// The rows from `start` on and before `end`.
    pub(crate) fn new(
        (reading, removed): (Arc<Reading>, Arc<RemovedRanges>),
        mut sources: Vec<Source>,
        (start, end): (&[u8], &[u8]),
        direction: Direction,
    ) -> Result<Self, TreeError> {
        let from = match direction {
            Direction::Forward => start,
            Direction::Backward => end,
        };
        for source in &mut sources {
            source.seek(from, direction)?;
        }
        let (start, end) = (start.to_vec(), end.to_vec());
        let (key, value) = (Vec::new(), Bytes::new());
        Ok(Self { reading, removed, sources, start, end, direction, key, value, is_at_row: false })
    }

    /// The next row: its key and its value. `None` when there is none any more.
    ///
    /// # Errors
    /// [`TreeError::Damaged`] and [`TreeError::Io`]; the rows end then.
    #[expect(clippy::should_implement_trait, reason = "a row is borrowed until the next one")]
    pub fn next(&mut self) -> Result<Option<RowRef<'_>>, TreeError> {
        loop {
            let mut budget = u32::MAX;
            if self.advance(&mut budget)? != Advance::Spent {
                return Ok(self.row());
            }
        }
    }

    /// Goes to the next row that is there, looking at `budget` rows at most: many may have been
    /// removed before it.
    ///
    /// # Errors
    /// [`TreeError::Damaged`] and [`TreeError::Io`]; the rows end then.
    pub fn advance(&mut self, budget: &mut u32) -> Result<Advance, TreeError> {
        self.is_at_row = false;
        let found = self.find(budget);
        match &found {
            Ok(advance) => self.is_at_row = *advance == Advance::Row,
            Err(_) => self.sources.clear(),
        }
        found
    }

    /// The row that was gone to.
    pub fn row(&self) -> Option<RowRef<'_>> {
        self.is_at_row.then_some((&self.key, &self.value))
    }

    fn find(&mut self, budget: &mut u32) -> Result<Advance, TreeError> {
        while *budget > 0 {
            *budget -= 1;
            let Some((commit, value)) = self.pop()? else { return Ok(Advance::End) };
            let is_hidden = self.removed.hide(&self.key, commit, self.reading.commit);
            if let Some(value) = value.filter(|_| !is_hidden) {
                self.value = value;
                return Ok(Advance::Row);
            }
        }
        Ok(Advance::Spent)
    }

    /// Takes the next key, its row from the newest source that has it, and goes on in all of them.
    fn pop(&mut self) -> Result<Option<(Commit, Option<Bytes>)>, TreeError> {
        let Some(first) = next_of(&self.sources, self.direction) else { return Ok(None) };
        let key = self.sources[first].key().expect("the least is at a row");
        let is_outside = match self.direction {
            Direction::Forward => key >= &self.end[..],
            Direction::Backward => key < &self.start[..],
        };
        if is_outside {
            return Ok(None);
        }
        self.key.clear();
        self.key.extend_from_slice(key);
        let row = (self.sources[first].commit(), self.sources[first].value());
        step_past(&mut self.sources[first..], &self.key, self.direction)?;
        Ok(Some(row))
    }
}
