//! The requests that are due, and who sends them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::Semaphore;

use super::schedule::Schedule;
use crate::load::latencies::micros;

/// The queue that all connections share: first due, first sent, by whoever has waited longest.
#[derive(Debug)]
pub(super) struct Queue {
    schedule: Schedule,
    count: usize,
    over: Instant,
    /// One permit for each request that is due and has not been taken.
    due: Semaphore,
    taken: AtomicUsize,
}

impl Queue {
    /// A queue of `count` requests, from which nothing is taken any more when it is `over`.
    pub(super) fn new(schedule: Schedule, count: usize, over: Instant) -> Self {
        let (due, taken) = (Semaphore::new(0), AtomicUsize::new(0));
        Self { schedule, count, over, due, taken }
    }

    /// How many requests there will have been.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Tells of more requests that are due. Those beyond the count send connections home.
    pub(super) fn let_out(&self, more: usize) {
        self.due.add_permits(more);
    }

    /// Waits for the next request that is due; answers when it was due, and nothing when there are
    /// no more or the time is over.
    pub(super) async fn next(&self) -> Option<Instant> {
        self.due.acquire().await.ok()?.forget();
        if Instant::now() >= self.over {
            return None;
        }
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        (number < self.count).then(|| self.schedule.due(number))
    }

    /// How long those that were never taken have waited at that moment.
    pub(super) fn left_at(&self, now: Instant) -> impl Iterator<Item = u32> {
        let left = self.taken.load(Ordering::Relaxed).min(self.count)..self.count;
        left.map(move |number| micros(now.saturating_duration_since(self.schedule.due(number))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PERIOD: Duration = Duration::from_millis(1);

    fn queue(over_after: Duration) -> Queue {
        let begun = Instant::now();
        Queue::new(Schedule { begun, period: PERIOD }, 3, begun + over_after)
    }

    #[tokio::test]
    async fn a_request_that_waited_counts_from_when_it_was_due() {
        let queue = queue(Duration::from_secs(3600));
        // All three came while nobody was free, and one connection will find no more.
        queue.let_out(4);
        for number in 0..3 {
            assert_eq!(queue.next().await, Some(queue.schedule.due(number)));
        }
        assert_eq!(queue.next().await, None);
        assert_eq!(queue.left_at(Instant::now()).count(), 0);
    }

    #[tokio::test]
    async fn what_is_left_when_the_time_is_over_has_waited() {
        let queue = queue(Duration::ZERO);
        queue.let_out(3);
        assert_eq!(queue.next().await, None);
        let waited: Vec<u32> = queue.left_at(queue.schedule.begun + PERIOD * 10).collect();
        assert_eq!(waited, [9_000, 8_000, 7_000]);
    }
}
