//! The contract over the engine and the queue.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use tokio::sync::oneshot;

use store::{
    AtomId, Consistency, Direction, Figure, Guard, Health, LatchGuard, Row, RowKey, RowRange,
    Snapshot, Store, StoreError, Ticket, Write,
};

use crate::directory::IfAbsent;
use crate::engine::{Engine, Moment};
use crate::queue::BatchNumber;
use crate::shared::{FailureCount, Shared};
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
    failures: FailureCount,
    seen: Option<BatchNumber>,
}

/// The rows of a [`LocalStore`] at one moment. An engine that is opened anew after a failure knows
/// nothing of it.
pub struct LocalSnapshot {
    handle: Arc<Handle>,
    /// One that was opened anew is another.
    engine: Weak<Engine>,
    moment: Moment,
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
        let claim = directory::claim(&options.dir, &options.key, IfAbsent::Create)?;
        let shared = runtime::start(claim, options)?;
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

    async fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        self.handle.0.engine().await
    }
}

impl Store for LocalStore {
    type Guard = LocalGuard;
    type Snapshot = LocalSnapshot;

    async fn get(&self, key: &RowKey, _: Consistency) -> Result<Option<Bytes>, StoreError> {
        let engine = self.engine().await?;
        engine.told(engine.get(key))
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        _: Consistency,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let engine = self.engine().await?;
        let bounds = range.bounds(direction);
        if bounds.is_empty() {
            return Ok(());
        }
        engine.told(engine.moment().range(&bounds, direction, visit).await)
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        let engine = self.engine().await?;
        engine.told(engine.get_all(keys))
    }

    async fn snapshot(&self) -> Result<Option<LocalSnapshot>, StoreError> {
        let engine = self.engine().await?;
        let (handle, moment) = (Arc::clone(&self.handle), engine.moment());
        Ok(Some(LocalSnapshot { handle, engine: Arc::downgrade(&engine), moment }))
    }

    async fn lock(&self, keys: &[RowKey]) -> LocalGuard {
        // Before the latches: whoever holds one does not wait for the disk.
        self.handle.0.queue_has_room().await;
        let latches = self.handle.0.latches.lock(keys).await;
        let failures = self.handle.0.failures();
        LocalGuard { handle: Arc::clone(&self.handle), latches, failures, seen: None }
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        let bounds = range.bounds(Direction::Forward);
        if bounds.is_empty() {
            return self.handle.0.serving();
        }
        let shared = &self.handle.0;
        let ticket = shared.queue(shared.failures(), |queue, _| queue.submit_removal(bounds));
        ticket.wait().await.map(|_| ())
    }

    async fn close(&self) -> Result<(), StoreError> {
        let (reply, closed) = oneshot::channel();
        self.handle.0.ask_to_close(Some(reply))?;
        closed.await.unwrap_or_else(|_| Err(StoreError::stopped("the committer has ended")))
    }

    fn health(&self) -> Health {
        self.handle.0.health()
    }

    fn figures(&self) -> Vec<Figure> {
        let shared = &self.handle.0;
        shared.commits.figures(shared.engine_dir())
    }
}

impl Guard for LocalGuard {
    async fn read(&mut self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        let shared = &self.handle.0;
        shared.serving()?;
        match shared.pending(key)? {
            Some((value, seen)) => {
                self.seen = self.seen.max(Some(seen));
                Ok(value)
            }
            // Had it landed since, the engine has it; and whoever holds the latch keeps others from
            // queueing a new one.
            None => {
                let engine = shared.engine().await?;
                engine.told(engine.get(key))
            }
        }
    }

    fn submit(self, _: AtomId, writes: Vec<Write>) -> Ticket {
        let Self { handle, latches, failures, seen } = self;
        let ticket = handle.0.queue(failures, |queue, engine| match writes.is_empty() {
            true => queue.ticket_for(seen),
            false => queue.submit(writes, engine),
        });
        drop(latches);
        ticket
    }
}

impl LocalSnapshot {
    fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        self.handle.0.serving()?;
        let gone = || StoreError::failed("the disk failed while the snapshot was read");
        self.engine.upgrade().ok_or_else(gone)
    }
}

impl Snapshot for LocalSnapshot {
    async fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        let engine = self.engine()?;
        engine.told(self.moment.get(key))
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let engine = self.engine()?;
        let bounds = range.bounds(direction);
        if bounds.is_empty() {
            return Ok(());
        }
        engine.told(self.moment.range(&bounds, direction, visit).await)
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

impl fmt::Debug for LocalSnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LocalSnapshot").finish_non_exhaustive()
    }
}

impl fmt::Debug for LocalGuard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LocalGuard").field("seen", &self.seen).finish_non_exhaustive()
    }
}
