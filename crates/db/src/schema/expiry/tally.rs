//! What time to live has done in a table, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

use super::sweep_start::{SweepStart, SweepStarts};

/// No time at all, of the oldest item that is due.
const NEVER: u64 = u64::MAX;

/// Counts the removals of a table, from its being opened on, and knows how far they have come. All
/// versions of the table share it.
#[derive(Debug)]
pub(crate) struct Tally {
    removed: AtomicU64,
    /// When the item that is due and expired first did so, in seconds since the epoch.
    due_since_seconds: AtomicU64,
    sweep_starts: SweepStarts,
}

impl Default for Tally {
    fn default() -> Self {
        let due_since_seconds = AtomicU64::new(NEVER);
        Self { removed: AtomicU64::new(0), due_since_seconds, sweep_starts: SweepStarts::default() }
    }
}

impl Tally {
    /// Where the sweep of now starts.
    pub(crate) fn next_sweep(&self, now_seconds: u64) -> SweepStart {
        self.sweep_starts.next(now_seconds)
    }

    /// Notes that the item that is due and expired first did so then.
    pub(crate) fn note_due_since(&self, seconds: u64) {
        self.due_since_seconds.store(seconds, Ordering::Relaxed);
    }

    /// Notes that nothing is due any more of what was when this sweep started.
    pub(crate) fn note_done(&self, start: SweepStart) {
        self.due_since_seconds.store(NEVER, Ordering::Relaxed);
        self.sweep_starts.done(start);
    }

    /// Counts items that were removed.
    pub(crate) fn add(&self, items: u64) {
        self.removed.fetch_add(items, Ordering::Relaxed);
    }

    pub(crate) fn removed(&self) -> u64 {
        self.removed.load(Ordering::Relaxed)
    }

    pub(crate) fn lag_seconds(&self, now_seconds: u64) -> u64 {
        now_seconds.saturating_sub(self.due_since_seconds.load(Ordering::Relaxed))
    }
}
