//! What time to live has done in a table, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

use store::Store;

use super::look::{Look, Looks};
use crate::database::Db;

/// No time at all, of the oldest item that is due.
const NEVER: u64 = u64::MAX;

/// What time to live has done in one table, for whoever watches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiryFigures {
    /// The table's name; tables of other accounts and regions may have the same.
    pub table: String,
    /// Items removed since the process started.
    pub removed: u64,
    /// For how long the item that is due and expired first has been expired, in seconds; 0 when
    /// nothing is due.
    pub lag_seconds: u64,
}

/// Counts the removals of a table, from its being opened on, and knows how far they have come. All
/// versions of the table share it.
#[derive(Debug)]
pub(crate) struct Tally {
    removed: AtomicU64,
    /// When the item that is due and expired first did so, in seconds since the epoch.
    due_since_seconds: AtomicU64,
    looks: Looks,
}

impl Default for Tally {
    fn default() -> Self {
        let due_since_seconds = AtomicU64::new(NEVER);
        Self { removed: AtomicU64::new(0), due_since_seconds, looks: Looks::default() }
    }
}

impl Tally {
    /// How far back to look now.
    pub(super) fn next_look(&self, now_seconds: u64) -> Look {
        self.looks.next(now_seconds)
    }

    /// Notes that the item that is due and expired first did so then.
    pub(super) fn note_due_since(&self, seconds: u64) {
        self.due_since_seconds.store(seconds, Ordering::Relaxed);
    }

    /// Notes that nothing is due any more of what was at this look.
    pub(super) fn note_done(&self, look: Look) {
        self.due_since_seconds.store(NEVER, Ordering::Relaxed);
        self.looks.done(look);
    }

    /// Counts items that were removed.
    pub(super) fn add(&self, items: u64) {
        self.removed.fetch_add(items, Ordering::Relaxed);
    }

    fn removed(&self) -> u64 {
        self.removed.load(Ordering::Relaxed)
    }

    fn lag_seconds(&self, now_seconds: u64) -> u64 {
        now_seconds.saturating_sub(self.due_since_seconds.load(Ordering::Relaxed))
    }
}

impl<S: Store> Db<S> {
    /// What time to live has done, in every table that has it or had it since the process started.
    pub fn expiry_figures(&self) -> Vec<ExpiryFigures> {
        let now_seconds = self.stamps.now_ms() / 1000;
        let tables = self.catalog.all().into_iter().map(|(_, table)| table);
        let told = tables.filter(|table| table.expiry.is_some() || table.expired.removed() > 0);
        let figures = told.map(|table| ExpiryFigures {
            table: table.definition.name.clone(),
            removed: table.expired.removed(),
            lag_seconds: table.expired.lag_seconds(now_seconds),
        });
        figures.collect()
    }
}
