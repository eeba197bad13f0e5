//! Where sweeps of a table's entries start.
//!
//! An engine keeps what was removed as tombstones until it compacts them away, and whoever reads
//! from the oldest entry on walks over them all: after a million removals that takes a tenth of a
//! second. So a sweep begins where the one before it ended, less a margin for writers that were
//! under way, and with the oldest entry only every so often, for those that were written with a
//! time long past.

use parking_lot::Mutex;

/// How often a sweep begins with the oldest entry.
const WHOLE_INTERVAL_SECONDS: u64 = 15;

/// How far a sweep reaches back behind the one before. No write is under way for longer.
const MARGIN_SECONDS: u64 = 60;

/// Where one sweep of a table's entries starts. Times are in seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SweepStart {
    /// The time of the first entry that it may meet.
    pub(crate) from_seconds: u64,
    at_seconds: u64,
    /// When the latest sweep from the oldest entry on began: this one, perhaps.
    whole_at_seconds: u64,
}

/// The starts of one table's sweeps.
#[derive(Debug, Default)]
pub(super) struct SweepStarts {
    /// That of the latest sweep that found everything that was due, and removed it.
    last: Mutex<Option<SweepStart>>,
}

impl SweepStarts {
    /// Where the sweep of now starts.
    pub(super) fn next(&self, now_seconds: u64) -> SweepStart {
        let last = *self.last.lock();
        let recently_whole = last.filter(|last| {
            // A clock that was set back says nothing.
            let age = now_seconds.checked_sub(last.whole_at_seconds);
            age.is_some_and(|age| age < WHOLE_INTERVAL_SECONDS)
        });
        let (from_seconds, whole_at_seconds) = match recently_whole {
            Some(last) => (last.at_seconds.saturating_sub(MARGIN_SECONDS), last.whole_at_seconds),
            None => (0, now_seconds),
        };
        SweepStart { from_seconds, at_seconds: now_seconds, whole_at_seconds }
    }

    /// Notes that nothing is left of what was due when this sweep started.
    pub(super) fn done(&self, start: SweepStart) {
        *self.last.lock() = Some(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    #[test]
    fn a_sweep_starts_where_the_one_before_it_ended() {
        let starts = SweepStarts::default();
        assert_eq!(starts.next(NOW).from_seconds, 0);
        starts.done(starts.next(NOW));
        starts.done(starts.next(NOW + 1));
        assert_eq!(starts.next(NOW + 2).from_seconds, NOW + 1 - MARGIN_SECONDS);
    }

    #[test]
    fn a_sweep_that_was_not_finished_is_done_again() {
        let starts = SweepStarts::default();
        starts.done(starts.next(NOW));
        let _unfinished = starts.next(NOW + 5);
        assert_eq!(starts.next(NOW + 10).from_seconds, NOW - MARGIN_SECONDS);
    }

    #[test]
    fn the_oldest_entries_are_looked_at_every_so_often() {
        let starts = SweepStarts::default();
        let whole = |second: &u64| {
            let start = starts.next(NOW + second);
            starts.done(start);
            start.from_seconds == 0
        };
        let at: Vec<u64> = (0..40).filter(whole).collect();
        assert_eq!(at, [0, 15, 30]);
        assert_eq!(starts.next(NOW - 1).from_seconds, 0, "the clock was set back");
    }
}
