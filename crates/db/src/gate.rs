//! Lets writers in, until it is closed for good.
//!
//! Dropping a table, or an index of it, removes rows by range, and the store orders no write
//! against that: so the drop closes the gate, waits until everybody has left, and only then goes
//! on. One atomic word holds the lowest bit "closed" and above it how many are inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

const CLOSED: usize = 1;
const ONE_INSIDE: usize = 2;

/// The gate to the versions of a table that maintain the same indexes.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    word: AtomicUsize,
    left: Notify,
}

/// Somebody is inside as long as this lives.
#[derive(Debug)]
pub(crate) struct Pass {
    gate: Arc<Gate>,
}

impl Gate {
    /// Goes in; `None` once it is closed.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Pass> {
        let word = self.word.fetch_add(ONE_INSIDE, Ordering::AcqRel);
        let pass = Pass { gate: Arc::clone(self) };
        (word & CLOSED == 0).then_some(pass)
    }

    /// Whether it is closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.word.load(Ordering::Acquire) & CLOSED != 0
    }

    /// Lets nobody in any more and waits until nobody is inside. One caller at a time.
    pub(crate) async fn close(&self) {
        self.word.fetch_or(CLOSED, Ordering::AcqRel);
        while self.word.load(Ordering::Acquire) != CLOSED {
            // A permit is kept when the last one leaves between the test and this line.
            self.left.notified().await;
        }
    }

    /// Undoes [`Gate::close`]: the drop could not be carried out.
    pub(crate) fn reopen(&self) {
        self.word.fetch_and(!CLOSED, Ordering::AcqRel);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let word = self.gate.word.fetch_sub(ONE_INSIDE, Ordering::AcqRel);
        if word == ONE_INSIDE | CLOSED {
            self.gate.left.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn closing_waits_for_those_inside_and_turns_others_away() {
        let gate = Arc::new(Gate::default());
        let inside = gate.enter().unwrap();
        let closing = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.close().await }
        });
        while !gate.is_closed() {
            tokio::task::yield_now().await;
        }
        assert!(gate.enter().is_none());
        assert!(!closing.is_finished());
        drop(inside);
        closing.await.unwrap();
        gate.reopen();
        assert!(gate.enter().is_some());
    }
}
