//! The contract over the engine and the queue.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use store::{
    Direction, Guard, LatchGuard, Latches, Row, RowKey, RowRange, Store, StoreError, Ticket, Write,
};

use crate::engine::Engine;
use crate::queue::{BatchContent, Queue, Seen, Waiter};
use crate::{LocalError, LocalOptions, directory, runtime};

/// A store in a directory. Clones are the same store; when the last one is dropped without
/// [`Store::close`], what was submitted is still carried out and the directory given back, later.
#[derive(Clone)]
pub struct LocalStore {
    handle: Arc<Handle>,
}

/// Latches of a [`LocalStore`].
pub struct LocalGuard {
    handle: Arc<Handle>,
    latches: LatchGuard,
    seen: Option<Seen>,
}

/// What stores, guards and the committer share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    latches: Latches,
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

/// Held by everybody but the committer: its end is the store's.
struct Handle(Arc<Shared>);

impl LocalStore {
    /// Opens the store in `options.dir`, creating it when the directory is absent or empty. Blocks
    /// for a few milliseconds, and for up to a quarter of a second after a crash.
    ///
    /// # Errors
    /// See [`LocalError`]. Nothing was changed then, unless the engine failed.
    pub fn open(options: &LocalOptions) -> Result<Self, LocalError> {
        let (claim, data_key) = directory::claim(&options.dir, &options.key)?;
        let shared = runtime::start(claim, data_key, options)?;
        Ok(Self { handle: Arc::new(Handle(shared)) })
    }

    /// Whether `dir` holds a store already: whoever opens it needs the key it was created with.
    ///
    /// # Errors
    /// [`LocalError::ForeignDirectory`] and [`LocalError::Unwritable`].
    pub fn exists(dir: &Path) -> Result<bool, LocalError> {
        directory::holds_store(dir)
    }

    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Shared {
        &self.handle.0
    }

    fn serving(&self) -> Result<&Shared, StoreError> {
        let shared = &self.handle.0;
        match shared.stopped.get() {
            None => Ok(shared),
            Some(error) => Err(error.clone()),
        }
    }
}

impl Store for LocalStore {
    type Guard = LocalGuard;

    async fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.serving()?.engine.get(key)
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let shared = self.serving()?;
        let bounds = range.bounds(direction);
        if bounds.is_empty() {
            return Ok(());
        }
        shared.engine.range(bounds, direction, visit).await
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.serving()?.engine.get_all(keys)
    }

    async fn lock(&self, keys: &[RowKey]) -> LocalGuard {
        let latches = self.handle.0.latches.lock(keys).await;
        LocalGuard { handle: Arc::clone(&self.handle), latches, seen: None }
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        let bounds = range.bounds(Direction::Forward);
        if bounds.is_empty() {
            return self.serving().map(|_| ());
        }
        let ticket = self.handle.0.queue(|queue| queue.submit_removal(bounds));
        ticket.wait().await.map(|_| ())
    }

    async fn close(&self) -> Result<(), StoreError> {
        let (reply, closed) = oneshot::channel();
        self.handle.0.ask_to_close(Some(reply))?;
        closed.await.unwrap_or_else(|_| Err(StoreError::stopped("the committer has ended")))
    }
}

impl Guard for LocalGuard {
    async fn read(&mut self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        let shared = &self.handle.0;
        if let Some(error) = shared.stopped.get() {
            return Err(error.clone());
        }
        let pending = shared.queue.lock().pending(key);
        match pending {
            Some((value, seen)) => {
                self.seen = self.seen.max(Some(seen));
                Ok(value)
            }
            // Had it landed since, the engine has it; and whoever holds the latch keeps others from
            // queueing a new one.
            None => shared.engine.get(key),
        }
    }

    fn submit(self, writes: Vec<Write>) -> Ticket {
        let Self { handle, latches, seen } = self;
        let shared = &handle.0;
        let ticket = shared.queue(|queue| match writes.is_empty() {
            true => queue.ticket_for(seen),
            false => queue.submit(writes, |key| shared.engine.get(key)),
        });
        drop(latches);
        ticket
    }
}

impl Shared {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            latches: Latches::new(),
            queue: Mutex::default(),
            work: Notify::new(),
            stopped: OnceLock::new(),
            closing: Mutex::default(),
            #[cfg(test)]
            gate: crate::gate::Gate::default(),
        }
    }

    /// Puts something into the queue, unless the store has stopped, and wakes the committer.
    fn queue(&self, put: impl FnOnce(&mut Queue) -> Ticket) -> Ticket {
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
    fn ask_to_close(
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

impl Drop for Handle {
    fn drop(&mut self) {
        // It may have been closed already.
        let _closed = self.0.ask_to_close(None);
    }
}

impl fmt::Debug for LocalStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LocalStore").finish_non_exhaustive()
    }
}

impl fmt::Debug for LocalGuard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LocalGuard").field("seen", &self.seen).finish_non_exhaustive()
    }
}
