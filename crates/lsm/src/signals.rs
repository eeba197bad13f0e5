//! What the writer and the threads behind it tell each other.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Condvar, Mutex};

use crate::error::TreeError;

/// What the threads and the writer tell each other.
#[derive(Default)]
pub(crate) struct Signals {
    pub(crate) state: Mutex<SignalState>,
    /// There may be something to do.
    pub(crate) work: Condvar,
    /// A memtable has been flushed, or the tree has failed.
    pub(crate) flushed: Condvar,
    /// The tree is being closed: merges end where they are.
    pub(crate) closing: AtomicBool,
}

#[derive(Default)]
pub(crate) struct SignalState {
    /// Numbers of the tables that something is being done to.
    pub(crate) busy: HashSet<u64>,
    failure: Option<TreeError>,
    /// Why the last merge came to nothing, if it did.
    pub(crate) merge_failure: Option<TreeError>,
}

impl Signals {
    /// There is something new: a frozen memtable, a table, a removed range.
    pub(crate) fn wake(&self) {
        // Within the lock, so that a thread that looked before is asleep by now.
        let _state = self.state.lock();
        self.work.notify_all();
    }

    /// Why nothing is written any more.
    pub(crate) fn failure(&self) -> Option<TreeError> {
        self.state.lock().failure.clone()
    }

    /// Why the last merge came to nothing, if it did.
    pub(crate) fn merge_failure(&self) -> Option<TreeError> {
        self.state.lock().merge_failure.clone()
    }

    /// Has nothing be written from now on. The first reason counts.
    pub(crate) fn fail(&self, error: &TreeError) {
        let mut state = self.state.lock();
        state.failure.get_or_insert_with(|| error.clone());
        self.flushed.notify_all();
    }

    /// Waits until `is_done`, which a flush or a failure may bring about.
    pub(crate) fn wait_flushed(&self, is_done: impl Fn() -> bool) -> Result<(), TreeError> {
        let mut state = self.state.lock();
        loop {
            if let Some(failure) = &state.failure {
                return Err(failure.clone());
            }
            if is_done() {
                return Ok(());
            }
            self.flushed.wait(&mut state);
        }
    }

    /// Whether threads are to end where they are.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}
