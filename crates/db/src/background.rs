//! Work that goes on behind the requests.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

/// Runs work, and knows when none is left. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Background {
    running: watch::Sender<usize>,
    stopping: watch::Sender<bool>,
}

/// A piece of work, until it is dropped.
#[derive(Debug)]
struct Running(watch::Sender<usize>);

impl Background {
    pub(crate) fn new() -> Self {
        Self { running: watch::Sender::new(0), stopping: watch::Sender::new(false) }
    }

    /// Runs `work` in a task of its own.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.running.send_modify(|running| *running += 1);
        let running = Running(self.running.clone());
        tokio::spawn(async move {
            work.await;
            drop(running);
        });
    }

    /// Asks all work to end soon.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether work is to end.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits, but not if work is to end.
    pub(crate) async fn pause(&self, lasting: Duration) {
        let mut stopping = self.stopping.subscribe();
        let stopped = stopping.wait_for(|stopping| *stopping);
        // Both ends of a pause are its end.
        let _elapsed = tokio::time::timeout(lasting, stopped).await;
    }

    /// Waits until no work is left.
    pub(crate) async fn settled(&self) {
        let none = self.running.subscribe().wait_for(|running| *running == 0).await.map(drop);
        none.expect("the sender outlives the wait");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}
