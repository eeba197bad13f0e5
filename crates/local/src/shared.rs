//! What stores, guards and the committer share: the engine, the queue, and whether it still serves.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use store::{Latches, RowKey, StoreError, Ticket};

use crate::engine::Engine;
use crate::figures::CommitMeter;
use crate::queue::{BatchContent, Queue, Seen, Waiter};

/// What stores, guards and the committer share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) latches: Latches,
    pub(crate) commits: CommitMeter,
    queue: Mutex<Queue>,
    work: Notify,
    /// Why nothing is served any more. Set under the queue's lock, so that nothing is queued after
    /// the committer has looked for the last time.
    stopped: OnceLock<StoreError>,
    closing: Mutex<Closing>,
    #[cfg(test)]
    pub(crate) gate: crate::gate::Gate,
}

#[derive(Default)]
struct Closing {
    asked: bool,
    /// The committer is gone: nobody would answer.
    ended: bool,
    reply: Option<oneshot::Sender<Result<(), StoreError>>>,
}

impl Shared {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            latches: Latches::new(),
            commits: CommitMeter::new(),
            queue: Mutex::default(),
            work: Notify::new(),
            stopped: OnceLock::new(),
            closing: Mutex::default(),
            #[cfg(test)]
            gate: crate::gate::Gate::default(),
        }
    }

    /// Itself, unless it has stopped.
    pub(crate) fn serving(&self) -> Result<&Self, StoreError> {
        match self.stopped.get() {
            None => Ok(self),
            Some(error) => Err(error.clone()),
        }
    }

    /// What a read answers, with the file that is damaged, if that is what it says.
    pub(crate) async fn named<T>(&self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        match read {
            Ok(read) => Ok(read),
            Err(error) => Err(self.engine.name_damage(error).await),
        }
    }

    /// What is queued for a row.
    pub(crate) fn pending(&self, key: &RowKey) -> Option<(Option<Bytes>, Seen)> {
        self.queue.lock().pending(key)
    }

    /// Puts something into the queue, unless the store has stopped, and wakes the committer.
    pub(crate) fn queue(&self, put: impl FnOnce(&mut Queue) -> Ticket) -> Ticket {
        let mut queue = self.queue.lock();
        if let Some(error) = self.stopped.get() {
            return Ticket::done(Err(error.clone()));
        }
        let ticket = put(&mut queue);
        drop(queue);
        self.work.notify_one();
        ticket
    }

    /// Refuses new work and has the committer close once it is done with the old.
    pub(crate) fn ask_to_close(
        &self,
        reply: Option<oneshot::Sender<Result<(), StoreError>>>,
    ) -> Result<(), StoreError> {
        let closed = StoreError::stopped("it was closed");
        let mut closing = self.closing.lock();
        if closing.asked || closing.ended {
            return Err(closed);
        }
        let queue = self.queue.lock();
        // A store that had stopped before keeps the reason.
        let _had_stopped = self.stopped.set(closed);
        drop(queue);
        // Only now may the committer leave: nothing is queued any more.
        *closing = Closing { asked: true, ended: false, reply };
        drop(closing);
        self.work.notify_one();
        Ok(())
    }
}

/// The committer's side.
impl Shared {
    /// Waits until there may be something to do.
    pub(crate) async fn work_came(&self) {
        self.work.notified().await;
    }

    /// The oldest batch, to be made durable.
    pub(crate) fn take_batch(&self) -> Option<Arc<BatchContent>> {
        self.queue.lock().take()
    }

    /// The batch taken last is durable.
    pub(crate) fn batch_landed(&self) -> Vec<Waiter> {
        self.queue.lock().landed()
    }

    /// Stops the store for `reason`, unless it had one already.
    pub(crate) fn give_up(&self, reason: StoreError) -> Vec<Waiter> {
        let mut queue = self.queue.lock();
        let _had_stopped = self.stopped.set(reason);
        queue.give_up()
    }

    /// Whether no more work will come.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.lock().asked
    }

    /// Tells whoever asked for it that the committer has closed the engine, or how it ended.
    pub(crate) fn end(&self, result: Result<(), StoreError>) {
        let mut closing = self.closing.lock();
        closing.ended = true;
        if let Some(reply) = closing.reply.take() {
            // Whoever closed the store may have gone away.
            let _dropped = reply.send(result);
        }
    }
}
