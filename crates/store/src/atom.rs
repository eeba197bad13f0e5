//! Names of atoms: how a writer asks later what became of one.

use std::sync::atomic::{AtomicU64, Ordering};

/// The name of an atom, given by whoever submits it. No two atoms that a store is ever given have
/// the same one. A distributed engine that answers [`Outcome::Unknown`](crate::Outcome::Unknown) is
/// asked by this name, with [`Store::outcome_of`](crate::Store::outcome_of).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtomId {
    /// The process that submits; each run of it is another writer.
    pub writer: u32,
    /// Which atom of that writer.
    pub number: u64,
}

/// Names atoms of one writer.
#[derive(Debug)]
pub struct AtomIds {
    writer: u32,
    next: AtomicU64,
}

impl AtomIds {
    /// From 0 on. `writer` is a number that no other process has or had.
    pub const fn new(writer: u32) -> Self {
        Self { writer, next: AtomicU64::new(0) }
    }

    /// A name that none before it was.
    pub fn next(&self) -> AtomId {
        AtomId { writer: self.writer, number: self.next.fetch_add(1, Ordering::Relaxed) }
    }
}
