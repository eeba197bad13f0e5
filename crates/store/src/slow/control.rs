//! What a test does to a slow store.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::queue::State;
use super::{Inspector, Shared, SlowStore};
use crate::{Latches, MemoryStore, StoreError};

impl SlowStore {
    /// An empty store. The seed decides when batches are committed, and how large they are.
    pub fn new(seed: u64) -> Self {
        Self::with(seed, None, false)
    }

    /// An empty store whose atoms are all shown to `inspector`.
    pub fn inspected(seed: u64, inspector: impl Inspector) -> Self {
        Self::with(seed, Some(Box::new(inspector)), false)
    }

    /// An empty store whose eventual reads show what was durable one batch ago.
    pub fn lagging(seed: u64) -> Self {
        Self::with(seed, None, true)
    }

    fn with(seed: u64, inspector: Option<Box<dyn Inspector>>, lags: bool) -> Self {
        let shared = Shared {
            latches: Latches::new(),
            state: Mutex::new(State::new(seed)),
            inspector,
            lags,
            waiting: watch::Sender::new(0),
            ranges_held: watch::Sender::new(false),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Nothing becomes durable from now on.
    pub fn hold(&self) {
        self.shared.state.lock().is_held = true;
    }

    /// What is queued becomes durable, or fails if it was told to.
    pub fn release(&self) {
        self.shared.state.lock().is_held = false;
        self.shared.wake();
    }

    /// The next batch fails, as on a disk that has failed, and everything behind it; what comes
    /// after that is taken.
    pub fn fail_next(&self) {
        self.shared.state.lock().fault = Some(StoreError::read_only("the disk failed, as asked"));
    }

    /// How many tickets are not resolved.
    pub fn tickets_waiting(&self) -> usize {
        *self.shared.waiting.borrow()
    }

    /// Waits until at least so many tickets are not resolved.
    pub async fn until_tickets_wait(&self, count: usize) {
        let mut waiting = self.shared.waiting.subscribe();
        waiting.wait_for(|waiting| *waiting >= count).await.expect("the store is alive");
    }

    /// Whether new writes are refused. What is queued is carried out.
    pub fn be_read_only(&self, read_only: bool) {
        let mut state = self.shared.state.lock();
        state.is_read_only = read_only;
        state.atoms_left = 0;
    }

    /// New writes are refused once so many more atoms were submitted; at least one.
    pub fn be_read_only_after(&self, atoms: usize) {
        assert!(atoms > 0, "be_read_only says so at once");
        self.shared.state.lock().atoms_left = atoms;
    }

    /// Reads of ranges begun from now on wait.
    pub fn hold_ranges(&self) {
        self.shared.ranges_held.send_replace(true);
    }

    /// All reads of ranges go on.
    pub fn release_ranges(&self) {
        self.shared.ranges_held.send_replace(false);
    }

    /// Whether removing a range fails.
    pub fn keep_ranges(&self, keep: bool) {
        self.shared.state.lock().keeps_ranges = keep;
    }

    /// What the inspector found wrong so far.
    pub fn violations(&self) -> Vec<String> {
        self.shared.state.lock().violations.clone()
    }

    /// A store of its own with the rows that are durable now.
    pub fn copy(&self) -> MemoryStore {
        MemoryStore::holding((*self.shared.state.lock().rows).clone())
    }

    /// Counts how often somebody came to use the store, and says how often that is now.
    pub fn note_user(&self) -> u64 {
        let mut state = self.shared.state.lock();
        state.users += 1;
        state.users
    }

    /// How often [`SlowStore::note_user`] was called.
    pub fn users(&self) -> u64 {
        self.shared.state.lock().users
    }
}
