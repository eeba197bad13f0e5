//! Work that goes on behind the requests.

use std::future::Future;

use tokio::sync::watch;

/// Runs work, and knows when none is left.
#[derive(Debug, Clone)]
pub(crate) struct Background {
    running: watch::Sender<usize>,
}

/// A piece of work, until it is dropped.
#[derive(Debug)]
struct Running(watch::Sender<usize>);

impl Background {
    pub(crate) fn new() -> Self {
        Self { running: watch::Sender::new(0) }
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
