//! Striped latches that engines put in front of their rows.
//!
//! A row's latch is the stripe its key hashes to, so memory is constant and unrelated rows seldom
//! share one. Stripes are taken in ascending order, each once: no two tasks wait for each other as
//! long as none asks for more latches while it holds some. Waiters of a stripe are served in the
//! order they came. That nobody asks while holding some is not asserted here: a guard goes from task
//! to task, so nothing says whose it is. A dropped wait leaves nothing behind, and a guard releases when it is dropped.

use std::sync::Arc;

use smallvec::SmallVec;
use tokio::sync::{Mutex, OwnedMutexGuard};
use xxhash_rust::xxh3::xxh3_64;

use crate::RowKey;

/// How many latches there are.
const STRIPES: usize = 1024;

/// Latches.
#[derive(Debug)]
pub struct Latches {
    stripes: Box<[Arc<Mutex<()>>]>,
}

/// Held latches, released when dropped.
#[derive(Debug)]
#[must_use]
pub struct LatchGuard {
    _held: SmallVec<[OwnedMutexGuard<()>; 2]>,
}

impl Latches {
    /// Latches that nobody holds.
    pub fn new() -> Self {
        Self { stripes: (0..STRIPES).map(|_| Arc::default()).collect() }
    }

    /// Waits for the latches of all `keys`, in any order and with repetitions.
    pub async fn lock(&self, keys: &[RowKey]) -> LatchGuard {
        let mut stripes: SmallVec<[usize; 4]> = keys.iter().map(stripe_of).collect();
        stripes.sort_unstable();
        stripes.dedup();
        debug_assert!(stripes.is_sorted_by(|one, next| one < next), "each once, ascending");
        let mut held = SmallVec::with_capacity(stripes.len());
        for stripe in stripes {
            held.push(Arc::clone(&self.stripes[stripe]).lock_owned().await);
        }
        debug_assert!(held.len() <= STRIPES, "there are no more latches");
        LatchGuard { _held: held }
    }
}

impl Default for Latches {
    fn default() -> Self {
        Self::new()
    }
}

fn stripe_of(key: &RowKey) -> usize {
    const { assert!(STRIPES.is_power_of_two()) };
    #[expect(clippy::cast_possible_truncation, reason = "only the lowest bits are wanted")]
    let hash = xxh3_64(key.as_bytes()) as usize;
    hash % STRIPES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Space};

    fn key(sort: u32) -> RowKey {
        RowKey::new(Space(1), Kind(1), 0, b"p", &sort.to_be_bytes())
    }

    #[tokio::test]
    async fn a_repeated_key_is_latched_once() {
        let latches = Latches::new();
        let guard = latches.lock(&[key(1), key(1)]).await;
        assert_eq!(guard._held.len(), 1);
    }

    #[tokio::test]
    async fn a_held_latch_excludes_until_it_is_dropped() {
        let latches = Latches::new();
        let first = latches.lock(&[key(1)]).await;
        let keys = [key(2), key(1)];
        let mut second = std::pin::pin!(latches.lock(&keys));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(first);
        assert!(second.as_mut().poll(&mut context).is_ready());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn tasks_that_want_many_latches_never_wait_for_each_other() {
        let latches = Arc::new(Latches::new());
        let count = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let tasks: Vec<_> = (0..8u32)
            .map(|task| {
                let (latches, count) = (Arc::clone(&latches), Arc::clone(&count));
                tokio::spawn(async move {
                    for round in 0..100 {
                        let keys: Vec<_> = (0..50).map(|n| key(n * (task + round + 1))).collect();
                        let _guard = latches.lock(&keys).await;
                        tokio::task::yield_now().await;
                        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 800);
    }
}
