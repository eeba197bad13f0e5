//! Pins: what keeps records of a stream from being removed.
//!
//! A holder pins a stream from the number of a record on, for as long as it has to read on from
//! there. Upkeep removes nothing at or above the least number that is pinned, and no stream that is
//! pinned at all; once a pin is dropped the next upkeep removes what it held back.
//!
//! Pins are in memory alone. Whatever owns one durably, as a row of a job that says how far it has
//! read, takes it again when the database is opened, before [`crate::Db::keep_up`] is called. What
//! was removed before the database was opened is not known any more: whoever pins for the first time
//! looks where the first record is that it finds.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

/// The pins of one stream.
#[derive(Debug, Default)]
pub(crate) struct Pins(Mutex<Pinned>);

#[derive(Debug, Default)]
struct Pinned {
    /// How many pins there are, by the number from which on they keep records.
    counts: BTreeMap<u64, usize>,
    /// Records below may have been removed.
    given_up_below: u64,
}

/// Keeps the records of a stream until it is dropped.
#[derive(Debug)]
#[must_use = "records are kept until their pin is dropped"]
pub struct Pin {
    pins: Arc<Pins>,
    from: u64,
}

impl Pins {
    /// Keeps the records from a number on; `None` when some of them may have been removed.
    pub(crate) fn pin(self: &Arc<Self>, from: u64) -> Option<Pin> {
        let mut pinned = self.0.lock();
        if from < pinned.given_up_below {
            return None;
        }
        *pinned.counts.entry(from).or_default() += 1;
        Some(Pin { pins: Arc::clone(self), from })
    }

    /// Gives up records below `end`, as far as none is pinned; answers below which number.
    pub(crate) fn give_up_below(&self, end: u64) -> u64 {
        let mut pinned = self.0.lock();
        let end = pinned.counts.keys().next().map_or(end, |least| end.min(*least));
        pinned.given_up_below = pinned.given_up_below.max(end);
        end
    }

    /// Gives up all records, unless some are pinned; answers whether it did.
    pub(crate) fn give_up_all(&self) -> bool {
        let mut pinned = self.0.lock();
        let is_free = pinned.counts.is_empty();
        if is_free {
            pinned.given_up_below = u64::MAX;
        }
        is_free
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pinned = self.pins.0.lock();
        let count =
            pinned.counts.get_mut(&self.from).expect("a pin is counted until it is dropped");
        *count -= 1;
        if *count == 0 {
            pinned.counts.remove(&self.from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_pin_decides_what_is_given_up() {
        let pins = Arc::new(Pins::default());
        assert_eq!(pins.give_up_below(10), 10);
        assert!(pins.pin(9).is_none(), "it may have been removed");
        let [first, again, later] = [20, 20, 30].map(|from| pins.pin(from).unwrap());
        assert_eq!(pins.give_up_below(40), 20);
        drop(first);
        assert_eq!(pins.give_up_below(40), 20);
        drop(again);
        assert_eq!(pins.give_up_below(40), 30);
        assert!(!pins.give_up_all());
        drop(later);
        assert!(pins.give_up_all());
        assert!(pins.pin(50).is_none());
    }
}
