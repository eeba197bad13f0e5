//! A gate that lets writers in until it is closed.
//!
//! Dropping a table, or an index of it, removes rows by range, and the store orders no write
//! against that: so the drop closes the gate, waits until everybody has left, and only then goes
//! on. What the gate was closed for may still fail; whoever comes meanwhile waits for the outcome.
//! A pause keeps writers out in the same way for the time of one commit, which changes nothing for
//! readers.
//!
//! ```text
//!          close, pause                    Closing::for_good
//!   open ────────────────→ closing:        ─────────────────→ closed for good:
//!     ↑                    nobody goes in,                    everybody is turned away
//!     └──────────────────  those inside
//!       Closing dropped    leave
//! ```
//!
//! Example: a writer is inside when DeleteTable closes the gate. The writer queues its atom and
//! leaves; now the drop queues its own commit, behind the writer's. A second writer waits. The
//! commit fails, the gate opens again, and the second writer goes in as if nothing had been.
//!
//! One atomic word holds three bits and, above them, how many writers are inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Nobody goes in.
const SHUT: usize = 1;
/// Readers, too, have to ask what became of the table.
const CLOSED: usize = 2;
/// The gate does not open again.
const FOR_GOOD: usize = 4;
const ONE_INSIDE: usize = 8;

/// The gate to the versions of a table that maintain the same indexes.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    word: AtomicUsize,
    /// The last writer has left.
    left: Notify,
    /// The gate was opened again, or closed for good.
    decided: Notify,
}

/// A writer is inside as long as this lives.
#[derive(Debug)]
pub(crate) struct Pass {
    gate: Arc<Gate>,
}

/// A gate that is shut and nobody inside; it opens again when this is dropped.
#[derive(Debug)]
#[must_use = "a gate opens again when its closing is dropped"]
pub(crate) struct Closing {
    gate: Arc<Gate>,
}

impl Gate {
    /// Goes in; `None` while it is shut.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Pass> {
        let word = self.word.fetch_add(ONE_INSIDE, Ordering::AcqRel);
        let pass = Pass { gate: Arc::clone(self) };
        (word & SHUT == 0).then_some(pass)
    }

    /// Whether it is closed. A pause does not count.
    pub(crate) fn is_closed(&self) -> bool {
        self.word.load(Ordering::Acquire) & CLOSED != 0
    }

    /// Waits until it is open, or closed for good; answers whether it is open.
    pub(crate) async fn decided(&self) -> bool {
        loop {
            let mut decided = std::pin::pin!(self.decided.notified());
            decided.as_mut().enable();
            let word = self.word.load(Ordering::Acquire);
            if word & SHUT == 0 || word & FOR_GOOD != 0 {
                return word & SHUT == 0;
            }
            decided.await;
        }
    }

    /// Lets nobody in any more and waits until nobody is inside. One caller at a time.
    pub(crate) async fn close(self: &Arc<Self>) -> Closing {
        self.shut(SHUT | CLOSED).await
    }

    /// Does the same for a moment that concerns writers alone.
    pub(crate) async fn pause(self: &Arc<Self>) -> Closing {
        self.shut(SHUT).await
    }

    async fn shut(self: &Arc<Self>, bits: usize) -> Closing {
        let word = self.word.fetch_or(bits, Ordering::AcqRel);
        assert!(word & SHUT == 0, "one caller at a time shuts a gate, and for good but once");
        let closing = Closing { gate: Arc::clone(self) };
        while self.word.load(Ordering::Acquire) >= ONE_INSIDE {
            // A permit is kept when the last one leaves between the test and this line.
            self.left.notified().await;
        }
        closing
    }
}

impl Closing {
    /// Keeps the gate closed.
    pub(crate) fn for_good(self) {
        self.gate.word.fetch_or(FOR_GOOD, Ordering::AcqRel);
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        let word = &self.gate.word;
        if word.load(Ordering::Acquire) & FOR_GOOD == 0 {
            word.fetch_and(!(SHUT | CLOSED), Ordering::AcqRel);
        }
        self.gate.decided.notify_waiters();
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let word = self.gate.word.fetch_sub(ONE_INSIDE, Ordering::AcqRel);
        assert!(word >= ONE_INSIDE, "nobody leaves who did not come in");
        if word & SHUT != 0 && word < 2 * ONE_INSIDE {
            self.gate.left.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A gate that is being closed with somebody inside.
    async fn closing(gate: &Arc<Gate>) -> (Pass, tokio::task::JoinHandle<Closing>) {
        let inside = gate.enter().unwrap();
        let closing = tokio::spawn({
            let gate = Arc::clone(gate);
            async move { gate.close().await }
        });
        while gate.enter().is_some() {
            tokio::task::yield_now().await;
        }
        (inside, closing)
    }

    #[tokio::test]
    async fn closing_waits_for_those_inside_and_lets_nobody_else_in() {
        let gate = Arc::new(Gate::default());
        let (inside, closing) = closing(&gate).await;
        assert!(gate.enter().is_none());
        assert!(!closing.is_finished());
        drop(inside);
        closing.await.unwrap().for_good();
        assert!(gate.enter().is_none());
        assert!(!gate.decided().await);
    }

    #[tokio::test]
    async fn whoever_waits_goes_in_when_the_gate_opens_again() {
        let gate = Arc::new(Gate::default());
        let (inside, closing) = closing(&gate).await;
        drop(inside);
        let closed = closing.await.unwrap();
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.decided().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(closed);
        assert!(waiting.await.unwrap());
        assert!(gate.enter().is_some());
    }

    #[tokio::test]
    async fn a_pause_keeps_writers_out_and_does_not_look_closed() {
        let gate = Arc::new(Gate::default());
        let paused = gate.pause().await;
        assert!(gate.enter().is_none() && !gate.is_closed());
        drop(paused);
        assert!(gate.enter().is_some());
    }
}
