//! How much of all requests' bodies may be in memory at once.

use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};

/// A bound in bytes that requests share. One that does not fit waits until others are answered;
/// who waits longest comes first.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_max: u32,
    free: Semaphore,
}

/// Bytes that one request has of the budget. They are given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    permit: SemaphorePermit<'a>,
}

impl Budget {
    /// Room for `bytes_max` bytes; more than 4 GB count as 4 GB.
    pub(crate) fn new(bytes_max: usize) -> Self {
        let bytes_max = u32::try_from(bytes_max).unwrap_or(u32::MAX).max(1);
        Self { bytes_max, free: Semaphore::new(bytes_max as usize) }
    }

    /// Waits for room for `bytes`; for all there is, if that is less.
    pub(crate) async fn room(&self, bytes: usize) -> Taken<'_> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.bytes_max);
        // Who waits has all that is free, so nobody is overtaken.
        let permit = match self.free.try_acquire_many(bytes) {
            Err(TryAcquireError::NoPermits) => self.free.acquire_many(bytes).await.ok(),
            taken => taken.ok(),
        };
        Taken { permit: permit.expect("nobody closes the semaphore") }
    }

    /// Bytes that bodies take up now.
    pub(crate) fn taken(&self) -> usize {
        let (all, free) = (self.bytes_max as usize, self.free.available_permits());
        all.checked_sub(free).unwrap_or_else(|| {
            tracing::error!(all, free, "room for bodies was given back twice");
            0
        })
    }
}

impl Taken<'_> {
    /// Gives back what `bytes` do not need.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.permit.num_permits().saturating_sub(bytes);
        drop(self.permit.split(surplus));
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_waits_for_what_is_given_back() {
        let budget = Budget::new(100);
        let mut large = budget.room(90).await;
        assert_eq!(budget.taken(), 90);
        let mut waiting = pin!(budget.room(20));
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        large.shrink_to(10);
        let Poll::Ready(small) = waiting.as_mut().poll(&mut context) else { panic!("no room") };
        assert_eq!(budget.taken(), 30);
        drop((large, small));
        assert_eq!(budget.taken(), 0);
    }

    #[tokio::test]
    async fn a_body_larger_than_the_budget_gets_all_of_it() {
        let budget = Budget::new(100);
        let room = budget.room(1000).await;
        assert_eq!(budget.taken(), 100);
        drop(room);
        assert_eq!(budget.taken(), 0);
    }
}
