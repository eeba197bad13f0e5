//! Panics as values.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Awaits `future` and answers with the panic if it panics.
///
/// Unwind safety: the future is dropped after a panic, and what it shares with other requests
/// (the database) guards itself with unpoisoned locks and drop guards.
pub(crate) async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_behind_an_await_is_a_value() {
        let panic = caught(async {
            tokio::task::yield_now().await;
            std::panic::resume_unwind(Box::new("broken"));
        });
        assert_eq!(panic.await.unwrap_err().downcast_ref(), Some(&"broken"));
        assert_eq!(caught(async { 7 }).await.unwrap(), 7);
    }
}
