//! A barrier in front of every commit, for tests: closed, it holds pending writes back, and it can
//! make the next commit fail as a disk does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use store::StoreError;
use store::suite::Hold;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Locked while commits are held back; holds what they fail with.
#[derive(Default)]
pub(crate) struct CommitBarrier {
    fault: Arc<Mutex<Option<StoreError>>>,
    passed: AtomicU32,
    attempts: AtomicU32,
}

struct Held(OwnedMutexGuard<Option<StoreError>>);

impl CommitBarrier {
    /// Passes once nobody holds the barrier.
    pub(crate) async fn pass(&self) -> Result<(), StoreError> {
        let fault = self.fault.lock().await.take();
        self.passed.fetch_add(1, Ordering::Relaxed);
        fault.map_or(Ok(()), Err)
    }

    /// How many commits came by.
    pub(crate) fn passed(&self) -> u32 {
        self.passed.load(Ordering::Relaxed)
    }

    /// The store tries to take writes again.
    pub(crate) fn attempted(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it tried.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Holds commits back from now on.
    pub(crate) fn hold(&self) -> Box<dyn Hold> {
        let barrier = Arc::clone(&self.fault);
        Box::new(Held(barrier.try_lock_owned().expect("nothing is being committed")))
    }
}

impl Hold for Held {
    fn release(self: Box<Self>) {}

    fn fail(mut self: Box<Self>) {
        *self.0 = Some(StoreError::stopped("the disk of this test failed"));
    }
}
