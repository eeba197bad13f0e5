//! Which items are there, while several connections insert more.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};

/// Items by number. All numbers below a certain one are there.
#[derive(Debug)]
pub(super) struct Inserted(Mutex<State>);

#[derive(Debug)]
struct State {
    next: u64,
    /// Those that are being inserted.
    unanswered: BTreeSet<u64>,
}

impl Inserted {
    /// So many items are there.
    pub(super) fn new(items: u64) -> Self {
        Self(Mutex::new(State { next: items, unanswered: BTreeSet::new() }))
    }

    /// A number for an item that is going to be inserted.
    pub(super) fn begin(&self) -> u64 {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.unanswered.insert(number);
        number
    }

    /// The item of that number has been inserted.
    pub(super) fn end(&self, number: u64) {
        self.state().unanswered.remove(&number);
    }

    /// Items below this number are there.
    pub(super) fn there(&self) -> u64 {
        let state = self.state();
        state.unanswered.first().copied().unwrap_or(state.next)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody panics with the lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_there_when_it_and_all_before_it_were_inserted() {
        let inserted = Inserted::new(10);
        assert_eq!(inserted.there(), 10);
        let (first, second) = (inserted.begin(), inserted.begin());
        assert_eq!((first, second), (10, 11));
        inserted.end(second);
        assert_eq!(inserted.there(), 10);
        inserted.end(first);
        assert_eq!(inserted.there(), 12);
    }
}
