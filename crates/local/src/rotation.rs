//! Key rotation: everything encrypted anew, under a new data key and a new root key.
//!
//! The rows are copied into an engine of the next generation, under a random data key, and the
//! marker is then replaced by one that names that engine and is sealed under the new root key.
//! Before that one step the directory is what it was, behind it the old keys open nothing of it; a
//! cut at any moment leaves one of the two, and the next opening removes what is left over.
//!
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use bytes::Bytes;
use store::{Direction, KeyBounds, RowKey, StoreError};

use crate::directory::{self, DirectoryClaim, IfAbsent, NextGeneration};
use crate::engine::Engine;
use crate::{LocalError, LocalOptions, RootKey};

/// Rows are copied in portions of about this size, each one commit.
const PORTION_BYTES: usize = 4 << 20;

/// A data directory that is ours alone until this is dropped, so that whoever rotates its keys can
/// put the new key file in place before anybody else looks for it.
#[derive(Debug)]
pub struct Rotation {
    claim: DirectoryClaim,
    options: LocalOptions,
}

/// How far a rotation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Rows so far.
    pub rows: u64,
    /// Bytes of their names and values.
    pub bytes: u64,
    /// Roughly how many bytes there are to copy: the size of the engine's files.
    pub bytes_expected: u64,
}

impl Rotation {
    /// Takes the data directory, which must hold a store, under its current key.
    ///
    /// # Errors
    /// See [`LocalError`]; nothing was changed.
    pub fn begin(options: &LocalOptions) -> Result<Self, LocalError> {
        let claim = directory::claim(&options.dir, &options.key, IfAbsent::Refuse)?;
        Ok(Self { claim, options: options.clone() })
    }

    /// Encrypts everything anew, under `root` from now on. `watch` hears of every portion. Blocks,
    /// for as long as reading and writing everything once takes; not to be called by a task.
    ///
    /// # Errors
    /// See [`LocalError`]; the directory is then under its former key, and whatever was copied is
    /// removed, by the next opening at the latest. Only when the marker cannot be written it may be
    /// under either.
    pub fn run(&mut self, root: &RootKey, watch: impl FnMut(Copied)) -> Result<(), LocalError> {
        let next = self.claim.begin_next()?;
        let copied = self.copy_to(&next, watch);
        copied.inspect_err(|_| self.claim.remove_leftovers())?;
        self.claim.switch_to(next, root)
    }

    fn copy_to(&self, next: &NextGeneration, watch: impl FnMut(Copied)) -> Result<(), LocalError> {
        let from_dir = self.claim.engine_dir();
        let bytes_expected = bytes_below(&from_dir);
        let from = Engine::open(&from_dir, self.claim.data_key(), &self.options)?;
        let to = Engine::open(&next.engine_dir, next.data_key(), &self.options)?;
        let copied = copy(&from, &to, bytes_expected, watch);
        let closed = to.close();
        // It was only read.
        let _closed = from.close();
        copied.and(closed).map_err(|error| LocalError::Rotation {
            dir: self.options.dir.clone(),
            reason: error.to_string(),
        })
    }
}

fn copy(
    from: &Engine,
    to: &Engine,
    bytes_expected: u64,
    mut watch: impl FnMut(Copied),
) -> Result<(), StoreError> {
    let mut copied = Copied { bytes_expected, ..Copied::default() };
    // Every key: the space of all ones is reserved.
    let mut rest = KeyBounds { start: vec![0], end: vec![0xFF; 4] };
    loop {
        let rows = portion(from, &rest)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        debug_assert!(
            rows.is_sorted_by(|(one, _), (next, _)| one < next),
            "a commit changes each row once"
        );
        rest.go_on_behind(last.borrowed(), Direction::Forward);
        to.commit(rows.iter().map(|(key, value)| (key, Some(value))), None)?;
        copied.rows += rows.len() as u64;
        copied.bytes += rows.iter().map(row_bytes).sum::<usize>() as u64;
        watch(copied);
    }
}

/// The first rows of `rest`.
fn portion(from: &Engine, rest: &KeyBounds) -> Result<Vec<(RowKey, Bytes)>, StoreError> {
    let mut rows = Vec::new();
    let mut bytes = 0;
    let collect = |row: store::Row<'_>| {
        let row = (row.key.to_key(), Bytes::copy_from_slice(row.value));
        bytes += row_bytes(&row);
        rows.push(row);
        if bytes < PORTION_BYTES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    from.moment().show(rest, Direction::Forward, collect)?;
    Ok(rows)
}

fn row_bytes((key, value): &(RowKey, Bytes)) -> usize {
    key.as_bytes().len() + value.len()
}

/// The size of the files below `dir`, as far as they can be looked at.
fn bytes_below(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
