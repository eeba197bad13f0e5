//! Panics as values.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// Awaits `future`, pinned where it was made, and answers with the panic if it panics.
///
/// Unwind safety: the future is dropped after a panic, and what it shares with other requests
/// (the database) guards itself with unpoisoned locks and drop guards.
pub(crate) async fn caught<F: Future>(
    mut future: Pin<&mut F>,
) -> Result<F::Output, Box<dyn Any + Send>> {
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
    use std::pin::pin;

    use super::*;

    #[tokio::test]
    async fn a_panic_behind_an_await_is_a_value() {
        let panic = pin!(async {
            tokio::task::yield_now().await;
            std::panic::resume_unwind(Box::new("broken"));
        });
        assert_eq!(caught(panic).await.unwrap_err().downcast_ref(), Some(&"broken"));
        assert_eq!(caught(pin!(async { 7 })).await.unwrap(), 7);
    }
}
