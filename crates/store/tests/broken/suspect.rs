//! A whole store with pending writes, made to be broken: without a [`Fault`] it keeps the
//! contract, with one it breaks it in one place.
//!
//! Atoms wait in a queue. Each submission spawns a task that takes its turn, passes the gate and
//! carries the oldest atom out to the "disk", a map that outlives the store.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;
use stator_store::suite::Hold;
use stator_store::{
    AtomId, Consistency, Direction, Guard, Health, Kind, LatchGuard, Latches, Logs, Outcome, Row,
    RowChange, RowKey, RowRange, RowsBefore, Snapshot, Store, StoreError, Ticket, Write, log_range,
    resolve,
};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, oneshot};

type Rows = BTreeMap<RowKey, Bytes>;
type Fate = Result<Outcome, StoreError>;

/// Where a [`Suspect`] breaks the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    ForgetsDeletes,
    AppliesAtomsBackwards,
    ShowsRowsAfterABreak,
    ShowsTheRowToContinueAfter,
    ReadsForwardOnly,
    ShowsTheNextSegment,
    RemovesOneKind,
    RangesInSteps,
    AppliesInSteps,
    ReadsTogetherInSteps,
    LatchesNothing,
    LatchesInAnyOrder,
    GuardsReadDurableRows,
    GuardsMissPendingHangingRows,
    ReadsShowPendingWrites,
    StrongReadsLag,
    SnapshotsShowLaterWrites,
    SaysThatLostAtomsAreApplied,
    ForgetsLostAtoms,
    AnswersAtOnce,
    GoesOnAfterAFailure,
    AddsToDurableSums,
    KeepsHalfAnAtom,
    GivesNumbersTwice,
    ForgetsNumbersOnReopening,
    ForgetsDroppedTickets,
    DroppedGuardsRemoveRows,
    DroppedGuardsKeepLatches,
    ServesWhenClosed,
    SaysThatItServesWhenClosed,
    ForgetsTheQueueOnClosing,
    ForgetsTheLastAtomOnReopening,
}

#[derive(Clone)]
pub(crate) struct Suspect {
    shared: Arc<Shared>,
}

/// The rows of a suspect at one moment.
pub(crate) struct SuspectSnapshot {
    shared: Arc<Shared>,
    rows: Rows,
}

pub(crate) struct SuspectGuard {
    shared: Arc<Shared>,
    locked: Vec<RowKey>,
    latches: Option<Held>,
    read: Vec<RowKey>,
    seen: Option<u64>,
}

/// What a suspect leaves behind.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    rows: Arc<Mutex<Rows>>,
    before_last_atom: Arc<Mutex<Rows>>,
}

struct Shared {
    fault: Option<Fault>,
    disk: Disk,
    latches: Latches,
    own_latches: Mutex<HashMap<RowKey, Arc<AsyncMutex<()>>>>,
    queue: Mutex<Queue>,
    turn: AsyncMutex<()>,
    gate: Arc<AsyncMutex<Option<StoreError>>>,
    /// Whether tickets say that nothing is known, and what became of the atoms then.
    loses_track: AtomicBool,
    lost: Mutex<HashMap<AtomId, Outcome>>,
}

#[derive(Default)]
struct Queue {
    atoms: VecDeque<Atom>,
    logs: Logs,
    next_number: u64,
    stopped: Option<StoreError>,
}

struct Atom {
    id: AtomId,
    number: u64,
    changes: Vec<RowChange>,
    waiters: Vec<oneshot::Sender<Fate>>,
}

enum Held {
    Nothing,
    Stripes(#[expect(dead_code, reason = "held")] LatchGuard),
    Rows(#[expect(dead_code, reason = "held")] Vec<OwnedMutexGuard<()>>),
}

struct GateHeld(OwnedMutexGuard<Option<StoreError>>);

impl Suspect {
    pub(crate) fn open(disk: Disk, fault: Option<Fault>) -> Self {
        if fault == Some(Fault::ForgetsTheLastAtomOnReopening) {
            let before = disk.before_last_atom.lock().clone();
            *disk.rows.lock() = before;
        }
        let shared = Shared {
            fault,
            disk,
            latches: Latches::new(),
            own_latches: Mutex::default(),
            queue: Mutex::default(),
            turn: AsyncMutex::default(),
            gate: Arc::default(),
            loses_track: AtomicBool::default(),
            lost: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    pub(crate) fn lose_track(&self) {
        self.shared.loses_track.store(true, Ordering::Relaxed);
    }

    pub(crate) fn hold(&self) -> Box<dyn Hold> {
        let gate = Arc::clone(&self.shared.gate);
        Box::new(GateHeld(gate.try_lock_owned().expect("nothing is being carried out")))
    }
}

impl Shared {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn serving(&self) -> Result<(), StoreError> {
        match &self.queue.lock().stopped {
            Some(error) if !self.has(Fault::ServesWhenClosed) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn durable(&self, key: &RowKey) -> Option<Bytes> {
        if self.has(Fault::ReadsShowPendingWrites)
            && let Some((value, _)) = self.queue.lock().pending(key)
        {
            return value;
        }
        self.rows().lock().get(key).cloned()
    }

    /// Where reads look.
    fn rows(&self) -> &Mutex<Rows> {
        match self.has(Fault::StrongReadsLag) {
            true => &self.disk.before_last_atom,
            false => &self.disk.rows,
        }
    }

    fn submit(self: &Arc<Self>, id: AtomId, writes: Vec<Write>, seen: Option<u64>) -> Ticket {
        if let Err(error) = self.serving() {
            return Ticket::done(Err(error));
        }
        let loses_track = self.loses_track.load(Ordering::Relaxed);
        // Every other one is not carried out.
        if loses_track && self.lost.lock().len().is_multiple_of(2) {
            self.lost.lock().insert(id, Outcome::Conflict);
            return Ticket::done(Ok(Outcome::Unknown));
        }
        let mut queue = self.queue.lock();
        if writes.is_empty() {
            let at_once = self.has(Fault::AnswersAtOnce);
            let atom = queue.atoms.iter_mut().find(|atom| Some(atom.number) == seen);
            return match atom {
                Some(atom) if !at_once => atom.wait(),
                _ => Ticket::done(Ok(Outcome::Applied)),
            };
        }
        let changes = match self.changes(&mut queue, writes) {
            Ok(changes) => changes,
            Err(error) => return Ticket::done(Err(error)),
        };
        let number = queue.next_number;
        queue.next_number += 1;
        if loses_track {
            self.lost.lock().insert(id, Outcome::Unknown);
        }
        let mut atom = Atom { id, number, changes, waiters: Vec::new() };
        let ticket = match loses_track {
            true => Ticket::done(Ok(Outcome::Unknown)),
            false => atom.wait(),
        };
        queue.atoms.push_back(atom);
        drop(queue);
        tokio::spawn(Arc::clone(self).carry_out());
        ticket
    }

    fn changes(
        &self,
        queue: &mut Queue,
        mut writes: Vec<Write>,
    ) -> Result<Vec<RowChange>, StoreError> {
        if self.has(Fault::AppliesAtomsBackwards) {
            writes.reverse();
        }
        let mut logs = std::mem::take(&mut queue.logs);
        if self.has(Fault::GivesNumbersTwice) {
            // Whose rows are still queued does not count: their numbers are given out again.
            logs = Logs::default();
        }
        let before = Queued { shared: self, queue };
        let mut changes = match resolve(writes.clone(), &mut logs, &before) {
            Err(_) if self.has(Fault::KeepsHalfAnAtom) => {
                resolve(vec![writes.remove(0)], &mut logs, &before)?
            }
            resolved => resolved?,
        };
        queue.logs = logs;
        if self.has(Fault::ForgetsDeletes) {
            changes.retain(|(_, value)| value.is_some());
        }
        Ok(changes)
    }

    async fn carry_out(self: Arc<Self>) {
        let _turn = self.turn.lock().await;
        let mut fault = self.gate.lock().await;
        let fate = fault.clone().map_or(Ok(Outcome::Applied), Err);
        if let Err(error) = &fate {
            if self.has(Fault::GoesOnAfterAFailure) {
                *fault = None;
            } else {
                self.queue.lock().stopped = Some(error.clone());
            }
        }
        drop(fault);
        let stopped = self.queue.lock().stopped.is_some() && fate.is_err();
        while let Some(changes) = self.oldest() {
            if fate.is_ok() {
                self.apply(changes).await;
            }
            let atom = self.queue.lock().atoms.pop_front().expect("the oldest is still there");
            if self.loses_track.load(Ordering::Relaxed) {
                self.lost.lock().insert(atom.id, Outcome::Applied);
            }
            for waiter in atom.waiters {
                let _dropped = waiter.send(fate.clone());
            }
            if !stopped {
                return;
            }
        }
    }

    fn oldest(&self) -> Option<Vec<RowChange>> {
        let queue = self.queue.lock();
        let atom = queue.atoms.front()?;
        let forgotten = self.has(Fault::ForgetsDroppedTickets)
            && atom.waiters.iter().all(oneshot::Sender::is_closed);
        Some(if forgotten { Vec::new() } else { atom.changes.clone() })
    }

    async fn apply(&self, changes: Vec<RowChange>) {
        *self.disk.before_last_atom.lock() = self.disk.rows.lock().clone();
        if self.has(Fault::AppliesInSteps) {
            for change in changes {
                change_row(&mut self.disk.rows.lock(), change);
                dawdle().await;
            }
        } else {
            let mut rows = self.disk.rows.lock();
            changes.into_iter().for_each(|change| change_row(&mut rows, change));
        }
    }

    fn rows_of(&self, range: &RowRange, direction: Direction) -> Vec<(RowKey, Bytes)> {
        let range = match range.clone() {
            RowRange::Hashes { space, kind, first, last, after } => {
                let after = after.filter(|_| !self.has(Fault::ShowsTheRowToContinueAfter));
                let more = u64::from(self.has(Fault::ShowsTheNextSegment));
                RowRange::Hashes { space, kind, first, last: last.saturating_add(more), after }
            }
            range => range,
        };
        let bounds = range.bounds(direction);
        if bounds.is_empty() {
            return Vec::new();
        }
        let bounds = (Bound::Included(&bounds.start[..]), Bound::Excluded(&bounds.end[..]));
        let mut rows = self.rows().lock().clone();
        if self.has(Fault::ReadsShowPendingWrites) {
            let queue = self.queue.lock();
            let pending = queue.atoms.iter().flat_map(|atom| atom.changes.iter().cloned());
            pending.for_each(|change| change_row(&mut rows, change));
        }
        let run = rows.range::<[u8], _>(bounds);
        let run = run.map(|(key, value)| (key.clone(), value.clone()));
        match direction {
            Direction::Backward if !self.has(Fault::ReadsForwardOnly) => run.rev().collect(),
            _ => run.collect(),
        }
    }
}

/// Rows as the queue will leave them.
struct Queued<'a> {
    shared: &'a Shared,
    queue: &'a Queue,
}

impl RowsBefore for Queued<'_> {
    fn value(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        match self.queue.pending(key) {
            Some((value, _)) if !self.shared.has(Fault::AddsToDurableSums) => Ok(value),
            _ => Ok(self.shared.disk.rows.lock().get(key).cloned()),
        }
    }

    fn last_in(&self, log: &RowKey) -> Result<Option<RowKey>, StoreError> {
        if self.shared.has(Fault::ForgetsNumbersOnReopening) {
            return Ok(None);
        }
        let all = log_range(log, Bound::Unbounded, Bound::Unbounded).bounds(Direction::Forward);
        let bounds = (Bound::Included(&all.start[..]), Bound::Excluded(&all.end[..]));
        let rows = self.shared.disk.rows.lock();
        Ok(rows.range::<[u8], _>(bounds).next_back().map(|(key, _)| key.clone()))
    }
}

impl Store for Suspect {
    type Guard = SuspectGuard;
    type Snapshot = SuspectSnapshot;

    async fn get(&self, key: &RowKey, _: Consistency) -> Result<Option<Bytes>, StoreError> {
        self.shared.serving()?;
        Ok(self.shared.durable(key))
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        _: Consistency,
        mut visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        self.shared.serving()?;
        let mut rows = self.shared.rows_of(range, direction);
        if self.shared.has(Fault::RangesInSteps) {
            dawdle().await;
            let later = self.shared.rows_of(range, direction);
            let half = rows.len() / 2;
            rows = [&rows[..half], &later[half.min(later.len())..]].concat();
        }
        for (key, value) in &rows {
            let shown = visit(Row { key: key.borrowed(), value });
            if shown.is_break() && !self.shared.has(Fault::ShowsRowsAfterABreak) {
                break;
            }
        }
        Ok(())
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.shared.serving()?;
        if self.shared.has(Fault::ReadsTogetherInSteps) {
            let mut values = Vec::new();
            for key in keys {
                values.push(self.shared.durable(key));
                dawdle().await;
            }
            return Ok(values);
        }
        if self.shared.has(Fault::ReadsShowPendingWrites) {
            return Ok(keys.iter().map(|key| self.shared.durable(key)).collect());
        }
        let rows = self.shared.disk.rows.lock();
        Ok(keys.iter().map(|key| rows.get(key).cloned()).collect())
    }

    async fn snapshot(&self) -> Result<Option<SuspectSnapshot>, StoreError> {
        self.shared.serving()?;
        let (shared, rows) = (Arc::clone(&self.shared), self.shared.disk.rows.lock().clone());
        Ok(Some(SuspectSnapshot { shared, rows }))
    }

    async fn outcome_of(&self, id: AtomId) -> Result<Outcome, StoreError> {
        if self.shared.has(Fault::SaysThatLostAtomsAreApplied) {
            return Ok(Outcome::Applied);
        }
        if self.shared.has(Fault::ForgetsLostAtoms) {
            return Ok(Outcome::Conflict);
        }
        Ok(self.shared.lost.lock().get(&id).copied().unwrap_or(Outcome::Unknown))
    }

    async fn lock(&self, keys: &[RowKey]) -> SuspectGuard {
        let shared = Arc::clone(&self.shared);
        let latches = if shared.has(Fault::LatchesNothing) {
            Held::Nothing
        } else if shared.has(Fault::LatchesInAnyOrder) {
            let mut held = Vec::new();
            for key in keys {
                let latch = shared.own_latches.lock().entry(key.clone()).or_default().clone();
                held.push(latch.lock_owned().await);
            }
            Held::Rows(held)
        } else {
            Held::Stripes(shared.latches.lock(keys).await)
        };
        let (locked, read) = (keys.to_vec(), Vec::new());
        SuspectGuard { shared, locked, latches: Some(latches), read, seen: None }
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        self.shared.serving()?;
        let one_kind = self.shared.has(Fault::RemovesOneKind);
        for (key, _) in self.shared.rows_of(range, Direction::Forward) {
            if !one_kind || key.borrowed().kind() == Kind(1) {
                self.shared.disk.rows.lock().remove(&key);
                self.shared.disk.before_last_atom.lock().remove(&key);
            }
        }
        Ok(())
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.shared.serving()?;
        self.shared.queue.lock().stopped = Some(StoreError::stopped("it was closed"));
        if self.shared.has(Fault::ForgetsTheQueueOnClosing) {
            self.shared.queue.lock().atoms.clear();
        }
        while !self.shared.queue.lock().atoms.is_empty() {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    fn health(&self) -> Health {
        match &self.shared.queue.lock().stopped {
            Some(error) if !self.shared.has(Fault::SaysThatItServesWhenClosed) => {
                Health::Stopped { reason: error.to_string().into() }
            }
            _ => Health::Serving,
        }
    }
}

impl Guard for SuspectGuard {
    async fn read(&mut self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.shared.serving()?;
        self.read.push(key.clone());
        let misses = self.shared.has(Fault::GuardsReadDurableRows)
            || self.shared.has(Fault::GuardsMissPendingHangingRows) && !self.locked.contains(key);
        if !misses && let Some((value, number)) = self.shared.queue.lock().pending(key) {
            self.seen = self.seen.max(Some(number));
            return Ok(value);
        }
        Ok(self.shared.durable(key))
    }

    fn submit(mut self, id: AtomId, writes: Vec<Write>) -> Ticket {
        let ticket = self.shared.submit(id, writes, self.seen);
        self.latches = None;
        ticket
    }
}

impl SuspectSnapshot {
    fn rows(&self) -> Result<Rows, StoreError> {
        self.shared.serving()?;
        Ok(match self.shared.has(Fault::SnapshotsShowLaterWrites) {
            true => self.shared.disk.rows.lock().clone(),
            false => self.rows.clone(),
        })
    }
}

impl Snapshot for SuspectSnapshot {
    async fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        Ok(self.rows()?.get(key).cloned())
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        mut visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let rows = self.rows()?;
        let mut show = |(key, value): (&RowKey, &Bytes)| visit(Row { key: key.borrowed(), value });
        let bounds = range.bounds(direction);
        let bounds = (Bound::Included(&bounds.start[..]), Bound::Excluded(&bounds.end[..]));
        let mut run = rows.range::<[u8], _>(bounds);
        let _ended_early = match direction {
            Direction::Forward => run.try_for_each(&mut show),
            Direction::Backward => run.rev().try_for_each(&mut show),
        };
        Ok(())
    }
}

impl Drop for SuspectGuard {
    fn drop(&mut self) {
        let Some(latches) = self.latches.take() else { return };
        if self.shared.has(Fault::DroppedGuardsKeepLatches) {
            std::mem::forget(latches);
        }
        if self.shared.has(Fault::DroppedGuardsRemoveRows) {
            for key in &self.read {
                self.shared.disk.rows.lock().remove(key);
            }
        }
    }
}

impl Queue {
    fn pending(&self, key: &RowKey) -> Option<(Option<Bytes>, u64)> {
        self.atoms.iter().rev().find_map(|atom| {
            let (_, value) = atom.changes.iter().rev().find(|(changed, _)| changed == key)?;
            Some((value.clone(), atom.number))
        })
    }
}

impl Atom {
    fn wait(&mut self) -> Ticket {
        let (waiter, receiver) = oneshot::channel();
        self.waiters.push(waiter);
        Ticket::pending(receiver)
    }
}

impl Hold for GateHeld {
    fn release(self: Box<Self>) {}

    fn fail(mut self: Box<Self>) {
        *self.0 = Some(StoreError::stopped("the disk of this test failed"));
    }
}

fn change_row(rows: &mut Rows, (key, value): RowChange) {
    match value {
        Some(value) => rows.insert(key, value),
        None => rows.remove(&key),
    };
}

/// Gives everybody else the time to look.
async fn dawdle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
