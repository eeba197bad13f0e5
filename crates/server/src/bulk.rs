//! Bulk work: unpacking and reading large bodies, which takes milliseconds at a stretch.
//!
//! What it is: such work runs on a thread that hands its other tasks over first, and as much of it at
//! once as there are processors. So a small request waits for no large one, however many there are.
//! Who waits longest comes first.
//!
//! What it is not: work over many items pauses by itself (`db`), and needs no thread.

use std::thread;

use tokio::sync::Semaphore;

/// Bodies up to this size are worked on in place.
const IN_PLACE_BYTES_MAX: usize = 64 << 10;

/// The lanes of bulk work.
#[derive(Debug)]
pub(crate) struct Bulk {
    lanes: Semaphore,
}

impl Bulk {
    /// As many lanes as there are processors.
    pub(crate) fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, |processors| processors.get());
        Self { lanes: Semaphore::new(processors) }
    }

    /// Does work over so many bytes.
    pub(crate) async fn run<T>(&self, bytes: usize, work: impl FnOnce() -> T) -> T {
        if bytes <= IN_PLACE_BYTES_MAX {
            return work();
        }
        let _lane = self.lanes.acquire().await.expect("nobody closes the lanes");
        store::relieved_of_tasks(work)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_is_worked_on_at_once_than_there_are_lanes() {
        let bulk = Arc::new(Bulk { lanes: Semaphore::new(1) });
        let working = Arc::new(AtomicUsize::new(0));
        let tasks = (0..32).map(|_| {
            let (bulk, working) = (Arc::clone(&bulk), Arc::clone(&working));
            tokio::spawn(async move {
                bulk.run(IN_PLACE_BYTES_MAX + 1, || {
                    let others = working.fetch_add(1, Ordering::SeqCst);
                    thread::yield_now();
                    working.fetch_sub(1, Ordering::SeqCst);
                    others
                })
                .await
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            assert_eq!(task.await.unwrap(), 0);
        }
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_works_in_place() {
        assert_eq!(Bulk::new().run(usize::MAX, || 7).await, 7);
    }
}
