//! How far back a sweep looks.
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

/// One look of a sweep at a table's entries. Times are in seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// The time of the first entry that it may meet.
    pub(crate) from_seconds: u64,
    at_seconds: u64,
    /// When the latest look from the oldest entry on began: this one, perhaps.
    whole_at_seconds: u64,
}

/// The looks at one table's entries.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// The latest that found everything that was due, and removed it.
    last: Mutex<Option<Look>>,
}

impl Looks {
    /// The look to take now.
    pub(super) fn next(&self, now_seconds: u64) -> Look {
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
        Look { from_seconds, at_seconds: now_seconds, whole_at_seconds }
    }

    /// Notes that nothing that was due at this look is left.
    pub(super) fn done(&self, look: Look) {
        *self.last.lock() = Some(look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    #[test]
    fn a_look_begins_where_the_one_before_it_ended() {
        let looks = Looks::default();
        assert_eq!(looks.next(NOW).from_seconds, 0);
        looks.done(looks.next(NOW));
        looks.done(looks.next(NOW + 1));
        assert_eq!(looks.next(NOW + 2).from_seconds, NOW + 1 - MARGIN_SECONDS);
    }

    #[test]
    fn a_look_that_was_not_finished_is_taken_again() {
        let looks = Looks::default();
        looks.done(looks.next(NOW));
        let _unfinished = looks.next(NOW + 5);
        assert_eq!(looks.next(NOW + 10).from_seconds, NOW - MARGIN_SECONDS);
    }

    #[test]
    fn the_oldest_entries_are_looked_at_every_so_often() {
        let looks = Looks::default();
        let whole = |second: &u64| {
            let look = looks.next(NOW + second);
            looks.done(look);
            look.from_seconds == 0
        };
        let at: Vec<u64> = (0..40).filter(whole).collect();
        assert_eq!(at, [0, 15, 30]);
        assert_eq!(looks.next(NOW - 1).from_seconds, 0, "the clock was set back");
    }
}
