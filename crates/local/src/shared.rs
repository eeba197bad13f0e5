//! What stores, guards and the committer share: the queue, and the state of the store's life.
//!
//! The lock of the [`Intake`] orders everything: what is queued, taken, landed and given up, and each
//! step of the life cycle. Who only reads takes no lock.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep;

use store::{Health, Latches, Outcome, RowKey, StoreError, Ticket};

use crate::batch::{BatchContent, Change, Resolved};
use crate::engine::Engine;
use crate::figures::CommitMeter;
use crate::life_cycle::{Event, LifeCycle, closed};
use crate::queue::{BatchNumber, Pending, Queue, Waiter};
use crate::resolving::{Unresolved, counters};
use crate::{LocalOptions, Workers};

/// What stores, guards and the committer share.
pub(crate) struct Shared {
    pub(crate) latches: Latches,
    pub(crate) commits: CommitMeter,
    engine_dir: PathBuf,
    life: LifeCycle<Engine>,
    intake: Mutex<Intake>,
    /// How often everything queued was given up.
    failures: AtomicU64,
    /// What the queue holds.
    queue_bytes: AtomicUsize,
    queue_bytes_max: usize,
    workers: Workers,
    work: Notify,
    /// The queue has become shorter.
    drained: Notify,
    #[cfg(test)]
    pub(crate) barrier: crate::barrier::CommitBarrier,
}

#[derive(Default)]
struct Intake {
    queue: Queue,
    /// Whoever asked for the store to be closed.
    closer: Option<Closer>,
}

/// The end of a channel at whose other end somebody waits for the store to be closed.
pub(crate) type Closer = oneshot::Sender<Result<(), StoreError>>;

/// How often everything queued was given up. What a guard read before decides no write after it: it
/// may rest on writes that were given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FailureCount(u64);

/// What the committer does next.
pub(crate) enum Work {
    /// It makes that durable.
    Batch(Arc<BatchContent>),
    /// It waits: nothing is queued.
    Wait,
    /// It ends: nothing is queued, and nothing will be.
    End,
}

impl Shared {
    pub(crate) fn new(engine: Arc<Engine>, options: &LocalOptions) -> Self {
        Self {
            latches: Latches::new(),
            commits: CommitMeter::new(),
            engine_dir: engine.dir().to_path_buf(),
            life: LifeCycle::new(engine),
            intake: Mutex::default(),
            failures: AtomicU64::new(0),
            queue_bytes: AtomicUsize::new(0),
            queue_bytes_max: options.queue_bytes_max,
            workers: options.workers.clone(),
            work: Notify::new(),
            drained: Notify::new(),
            #[cfg(test)]
            barrier: crate::barrier::CommitBarrier::default(),
        }
    }

    /// Nothing, unless the store closes or has stopped.
    pub(crate) fn serving(&self) -> Result<(), StoreError> {
        self.life.state().end().map_or(Ok(()), Err)
    }

    /// The engine to read from.
    pub(crate) async fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        self.life.engine().await
    }

    /// Where the engine's files lie.
    pub(crate) fn engine_dir(&self) -> &Path {
        &self.engine_dir
    }

    /// Whether it serves just now.
    pub(crate) fn health(&self) -> Health {
        self.life.state().health()
    }

    /// The failures so far, for a guard that reads from now on.
    pub(crate) fn failures(&self) -> FailureCount {
        FailureCount(self.failures.load(Ordering::Acquire))
    }

    /// Waits until the queue is short enough for one more writer. What all who have passed submit
    /// comes on top.
    pub(crate) async fn queue_has_room(&self) {
        let has_room = || self.queue_bytes.load(Ordering::Relaxed) < self.queue_bytes_max;
        while !has_room() {
            let drained = self.drained.notified();
            if has_room() {
                return;
            }
            drained.await;
        }
    }

    /// What is queued for a row, and the batch that has it.
    pub(crate) fn pending(
        &self,
        key: &RowKey,
    ) -> Result<Option<(Option<Bytes>, BatchNumber)>, StoreError> {
        let intake = self.intake.lock();
        let Some(Pending { change, seen }) = intake.queue.pending(key)? else { return Ok(None) };
        let value = match change {
            Change::Value(value) => value,
            // Its batch has not been resolved, so the engine is as it was before: the lock keeps it so.
            Change::Sum(amounts) => {
                let state = self.life.state();
                Some(counters(&**state.writable()?, key)?.plus(amounts).encode())
            }
        };
        Ok(Some((value, seen)))
    }

    /// Puts something that was decided after so many `failures` into the queue and wakes the
    /// committer, unless the store takes nothing or has failed once more.
    pub(crate) fn queue(
        &self,
        failures: FailureCount,
        put: impl FnOnce(&mut Queue, &Engine) -> Ticket,
    ) -> Ticket {
        let mut intake = self.intake.lock();
        let state = self.life.state();
        let engine = match state.writable() {
            Ok(engine) => engine,
            Err(error) => return Ticket::done(Err(error)),
        };
        if self.failures() != failures {
            let failed = StoreError::failed("the disk failed while the write was decided on");
            return Ticket::done(Err(failed));
        }
        let ticket = put(&mut intake.queue, engine);
        self.measure(&intake.queue);
        drop(intake);
        self.work.notify_one();
        ticket
    }

    /// Refuses new work and has the committer close once it is done with the old.
    pub(crate) fn ask_to_close(&self, closer: Option<Closer>) -> Result<(), StoreError> {
        let mut intake = self.intake.lock();
        if self.serving().is_err() {
            return Err(closed());
        }
        self.life.step(Event::CloseAsked);
        intake.closer = closer;
        drop(intake);
        self.work.notify_one();
        Ok(())
    }

    /// Tells those who wait for room what there is.
    fn measure(&self, queue: &Queue) {
        self.queue_bytes.store(queue.bytes(), Ordering::Relaxed);
    }
}

/// The committer's side.
impl Shared {
    /// What there is to do.
    pub(crate) fn next_work(&self) -> Work {
        let mut intake = self.intake.lock();
        match intake.queue.take() {
            Some(batch) => Work::Batch(batch),
            None if self.serving().is_err() => Work::End,
            None => Work::Wait,
        }
    }

    /// Waits until there may be something to do.
    pub(crate) async fn work_came(&self) {
        self.work.notified().await;
    }

    /// Waits for as long as the disk is said to take. A real one holds up the committer's thread instead.
    pub(crate) async fn wait_for_disk(&self) {
        if let Workers::Caller { wait, .. } = &self.workers {
            sleep(wait()).await;
        }
    }

    /// Shows guards what the sums of the batch taken last come to. The engine does not have them yet.
    pub(crate) fn batch_resolved(&self, resolved: Arc<Resolved>) {
        self.intake.lock().queue.resolved(resolved);
    }

    /// The batch taken last is durable. Answers how many waited for it.
    pub(crate) fn batch_landed(&self) -> usize {
        let mut intake = self.intake.lock();
        assert!(!self.life.state().is_read_only(), "nothing is acknowledged while it is read-only");
        let waiters = intake.queue.landed();
        self.measure(&intake.queue);
        drop(intake);
        self.drained.notify_waiters();
        let count = waiters.len();
        tell(waiters, &Ok(Outcome::Applied));
        count
    }

    /// Gives up what is queued, for the batch taken last cannot be resolved. Nothing of it was
    /// written: what comes next is taken as before.
    pub(crate) fn batch_unresolved(&self, Unresolved { row, error }: Unresolved) {
        let mut intake = self.intake.lock();
        intake.queue.suspect(row);
        self.give_up(&mut intake, &error);
    }

    /// Makes the store read-only: gives up what is queued, and refuses whatever comes.
    pub(crate) fn refuse(&self, refusal: StoreError) {
        let mut intake = self.intake.lock();
        self.life.step(Event::CommitFailed(refusal.clone()));
        self.give_up(&mut intake, &refusal);
    }

    /// Goes a step on the way back to taking writes.
    pub(crate) fn recovering(&self, step: Event<Engine>) {
        let _intake = self.intake.lock();
        self.life.step(step);
    }

    /// Waits for `pause`, unless the store is closed before: `false`.
    pub(crate) async fn pause(&self, pause: impl Future<Output = ()>) -> bool {
        let mut pause = std::pin::pin!(pause);
        while !self.life.state().is_closing() {
            tokio::select! {
                // In this order, which is then the same each time.
                biased;
                () = &mut pause => return true,
                () = self.work.notified() => {}
            }
        }
        false
    }

    /// Stops the store, unless it has; gives up what is queued; and tells whoever asked for it that
    /// the engine is closed, or what came of that.
    pub(crate) fn end(&self, reason: StoreError, result: Result<(), StoreError>) {
        let mut intake = self.intake.lock();
        self.life.step(Event::Ended(reason.clone()));
        self.give_up(&mut intake, &reason);
        if let Some(closer) = intake.closer.take() {
            // Whoever closed the store may have gone away.
            let _dropped = closer.send(result);
        }
    }

    fn give_up(&self, intake: &mut Intake, error: &StoreError) {
        self.failures.fetch_add(1, Ordering::Release);
        let waiters = intake.queue.give_up();
        self.measure(&intake.queue);
        self.drained.notify_waiters();
        tell(waiters, &Err(error.clone()));
    }
}

fn tell(waiters: Vec<Waiter>, fate: &Result<Outcome, StoreError>) {
    for waiter in waiters {
        // Nobody awaits a ticket that was dropped.
        let _dropped = waiter.send(fate.clone());
    }
}
