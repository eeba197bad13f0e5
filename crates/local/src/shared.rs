//! What stores, guards and the committer share: the engine, the queue, and whether they still serve.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use store::{Health, Latches, RowKey, StoreError, Ticket};

use crate::LocalOptions;
use crate::engine::Engine;
use crate::engine_slot::EngineSlot;
use crate::figures::CommitMeter;
use crate::queue::{BatchContent, BatchNumber, Queue, Waiter};

/// What stores, guards and the committer share.
pub(crate) struct Shared {
    pub(crate) engine_slot: EngineSlot,
    pub(crate) latches: Latches,
    pub(crate) commits: CommitMeter,
    engine_dir: PathBuf,
    intake: Mutex<Intake>,
    work: Notify,
    /// The queue has become shorter.
    drained: Notify,
    queue_bytes_max: usize,
    /// Why nothing is served any more. Set under the intake's lock, so that nothing is queued after
    /// the committer has looked for the last time.
    stopped: OnceLock<StoreError>,
    closing: Mutex<Closing>,
    #[cfg(test)]
    pub(crate) barrier: crate::barrier::CommitBarrier,
}

/// The queue, and whether it takes anything.
#[derive(Default)]
struct Intake {
    queue: Queue,
    /// Why not, while the store is read-only.
    refusal: Option<StoreError>,
    failures: FailureCount,
}

/// How often the store has failed and gone on. What a guard read before a failure decides no write
/// after it: it may rest on writes that were given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FailureCount(u64);

#[derive(Default)]
struct Closing {
    asked: bool,
    /// The committer is gone: nobody would answer.
    ended: bool,
    reply: Option<oneshot::Sender<Result<(), StoreError>>>,
}

impl Shared {
    pub(crate) fn new(engine: Engine, options: &LocalOptions) -> Self {
        Self {
            engine_dir: engine.dir().to_path_buf(),
            engine_slot: EngineSlot::new(engine),
            latches: Latches::new(),
            commits: CommitMeter::new(),
            intake: Mutex::default(),
            work: Notify::new(),
            drained: Notify::new(),
            queue_bytes_max: options.queue_bytes_max,
            stopped: OnceLock::new(),
            closing: Mutex::default(),
            #[cfg(test)]
            barrier: crate::barrier::CommitBarrier::default(),
        }
    }

    /// Itself, unless it has stopped.
    pub(crate) fn serving(&self) -> Result<&Self, StoreError> {
        match self.stopped.get() {
            None => Ok(self),
            Some(error) => Err(error.clone()),
        }
    }

    /// The engine to read from.
    pub(crate) async fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        self.serving()?.engine_slot.engine().await
    }

    /// Where the engine's files lie.
    pub(crate) fn engine_dir(&self) -> &Path {
        &self.engine_dir
    }

    /// Whether it serves just now.
    pub(crate) fn health(&self) -> Health {
        match self.stopped.get() {
            Some(error) => Health::Stopped { reason: error.to_string().into() },
            None => self.engine_slot.health(),
        }
    }

    /// The failures so far, for a guard that reads from now on.
    pub(crate) fn failures(&self) -> FailureCount {
        self.intake.lock().failures
    }

    /// Waits until the queue is short enough for one more writer. What all who have passed submit
    /// comes on top.
    pub(crate) async fn queue_has_room(&self) {
        loop {
            let drained = self.drained.notified();
            if self.intake.lock().queue.bytes() < self.queue_bytes_max {
                return;
            }
            drained.await;
        }
    }

    /// What is queued for a row.
    pub(crate) fn pending(&self, key: &RowKey) -> Option<(Option<Bytes>, BatchNumber)> {
        self.intake.lock().queue.pending(key)
    }

    /// Puts something that was decided after so many `failures` into the queue and wakes the
    /// committer, unless the store takes nothing or has failed once more.
    pub(crate) fn queue(
        &self,
        failures: FailureCount,
        put: impl FnOnce(&mut Queue, &Engine) -> Ticket,
    ) -> Ticket {
        let mut intake = self.intake.lock();
        let engine = match self.taking(&intake, failures) {
            Ok(engine) => engine,
            Err(error) => return Ticket::done(Err(error)),
        };
        let ticket = put(&mut intake.queue, &engine);
        drop(intake);
        self.work.notify_one();
        ticket
    }

    fn taking(&self, intake: &Intake, failures: FailureCount) -> Result<Arc<Engine>, StoreError> {
        self.serving()?;
        if let Some(refusal) = &intake.refusal {
            return Err(refusal.clone());
        }
        if intake.failures != failures {
            return Err(StoreError::failed("the disk failed while the write was decided on"));
        }
        // It is exchanged only while writes are refused.
        self.engine_slot.engine_now().ok_or_else(|| StoreError::stopped("the engine is gone"))
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
        let intake = self.intake.lock();
        // A store that had stopped before keeps the reason.
        let _had_stopped = self.stopped.set(closed);
        drop(intake);
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
        self.intake.lock().queue.take()
    }

    /// The batch taken last is durable.
    pub(crate) fn batch_landed(&self) -> Vec<Waiter> {
        let mut intake = self.intake.lock();
        assert!(intake.refusal.is_none(), "nothing is acknowledged by a store that is read-only");
        let waiters = intake.queue.landed();
        drop(intake);
        self.drained.notify_waiters();
        waiters
    }

    /// Makes the store read-only: gives up what is queued, and refuses whatever comes.
    pub(crate) fn refuse(&self, refusal: StoreError) -> Vec<Waiter> {
        let mut intake = self.intake.lock();
        self.engine_slot.keep_for_reading(refusal.to_string().into());
        intake.refusal = Some(refusal);
        self.drained.notify_waiters();
        intake.queue.give_up()
    }

    /// Takes writes again, with another engine.
    pub(crate) fn accept(&self, engine: Engine) {
        let mut intake = self.intake.lock();
        assert!(intake.refusal.is_some(), "the engine is exchanged while writes are refused");
        self.engine_slot.put(engine);
        intake.failures.0 += 1;
        intake.refusal = None;
    }

    /// Waits for `pause`, unless the store is closed before: `false`.
    pub(crate) async fn pause(&self, pause: impl Future<Output = ()>) -> bool {
        let mut pause = std::pin::pin!(pause);
        while !self.is_closing() {
            tokio::select! {
                () = &mut pause => return true,
                () = self.work.notified() => {}
            }
        }
        false
    }

    /// Stops the store for `reason`, unless it had one already.
    pub(crate) fn give_up(&self, reason: StoreError) -> Vec<Waiter> {
        let mut intake = self.intake.lock();
        let _had_stopped = self.stopped.set(reason);
        self.drained.notify_waiters();
        intake.queue.give_up()
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
