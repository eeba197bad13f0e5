//! What is submitted to a slow store and not yet durable.

use std::collections::VecDeque;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::{Inspected, Inspector, Rows};
use crate::{
    Direction, Health, Logs, Outcome, RowChange, RowKey, RowRange, RowsBefore, StoreError, Ticket,
    Write, resolve,
};

/// Most atoms of one batch.
const BATCH_ATOMS_MAX: u64 = 4;

/// How often a commit has failed: what was read before a failure decides no write after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct FailureCount(u64);

/// The durable rows, the queue, and what a test asked for.
pub(super) struct State {
    pub(super) rows: Arc<Rows>,
    /// The rows before the last batch, for a store that lags.
    pub(super) rows_before: Option<Arc<Rows>>,
    pub(super) failures: FailureCount,
    pub(super) is_held: bool,
    /// What the next batch fails with.
    pub(super) fault: Option<StoreError>,
    pub(super) is_read_only: bool,
    /// How many atoms are taken before writes are refused; none are counted at zero.
    pub(super) atoms_left: usize,
    pub(super) keeps_ranges: bool,
    pub(super) violations: Vec<String>,
    pub(super) users: u64,
    queue: VecDeque<Atom>,
    logs: Logs,
    next_number: u64,
    is_committing: bool,
    is_closed: bool,
    random: u64,
}

struct Atom {
    number: u64,
    changes: Vec<RowChange>,
    waiters: Vec<oneshot::Sender<Result<Outcome, StoreError>>>,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rows: Arc::default(),
            rows_before: None,
            failures: FailureCount::default(),
            is_held: false,
            fault: None,
            is_read_only: false,
            atoms_left: 0,
            keeps_ranges: false,
            violations: Vec::new(),
            users: 0,
            queue: VecDeque::new(),
            logs: Logs::default(),
            next_number: 0,
            is_committing: false,
            is_closed: false,
            // A generator of this kind stays at zero.
            random: seed | 1 << 63,
        }
    }

    pub(super) fn serving(&self) -> Result<(), StoreError> {
        match self.is_closed {
            false => Ok(()),
            true => Err(StoreError::stopped("it was closed")),
        }
    }

    pub(super) fn health(&self) -> Health {
        match (self.is_closed, self.is_read_only) {
            (true, _) => Health::Stopped { reason: "it was closed".into() },
            (false, true) => Health::ReadOnly { reason: "it was told to be".into() },
            (false, false) => Health::Serving,
        }
    }

    /// A number below `end`: the next of a xorshift generator.
    pub(super) fn random(&mut self, end: u64) -> u64 {
        debug_assert!(self.random != 0, "a generator of this kind stays at zero");
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % end
    }

    /// What is queued for a row, and by which atom.
    pub(super) fn pending(&self, key: &RowKey) -> Option<(Option<Bytes>, u64)> {
        self.queue.iter().rev().find_map(|atom| {
            let (_, value) = atom.changes.iter().rev().find(|(changed, _)| changed == key)?;
            Some((value.clone(), atom.number))
        })
    }

    /// How many tickets are not resolved.
    pub(super) fn tickets(&self) -> usize {
        self.queue.iter().map(|atom| atom.waiters.len()).sum()
    }

    /// Queues an atom.
    pub(super) fn submit(
        &mut self,
        failures: FailureCount,
        (latched, writes): (&[RowKey], Vec<Write>),
        inspector: Option<&dyn Inspector>,
    ) -> Ticket {
        if let Err(error) = self.taking(failures) {
            return Ticket::done(Err(error));
        }
        let mut logs = std::mem::take(&mut self.logs);
        let changes = resolve(writes.clone(), &mut logs, self);
        self.logs = logs;
        let changes = match changes {
            Ok(changes) => changes,
            Err(error) => return Ticket::done(Err(error)),
        };
        if let Some(inspector) = inspector {
            let (writes, changes) = (&writes, &changes);
            let atom = Inspected { latched, writes, changes, durable: &self.rows };
            self.violations.extend(inspector.inspect(&atom).err());
        }
        if self.atoms_left > 0 {
            self.atoms_left -= 1;
            self.is_read_only = self.atoms_left == 0;
        }
        let number = self.next_number;
        self.next_number += 1;
        debug_assert!(
            self.queue.back().is_none_or(|last| last.number + 1 == number),
            "atoms are numbered in the order in which they become durable"
        );
        let mut atom = Atom { number, changes, waiters: Vec::new() };
        let ticket = atom.wait();
        self.queue.push_back(atom);
        ticket
    }

    /// A ticket for what was read.
    pub(super) fn ticket_for(&mut self, failures: FailureCount, seen: Option<u64>) -> Ticket {
        if let Err(error) = self.taking(failures) {
            return Ticket::done(Err(error));
        }
        debug_assert!(seen.is_none_or(|number| number < self.next_number), "it was read from");
        match self.queue.iter_mut().find(|atom| Some(atom.number) == seen) {
            Some(atom) => atom.wait(),
            None => Ticket::done(Ok(Outcome::Applied)),
        }
    }

    /// Removes rows at once, whatever is queued.
    pub(super) fn remove(&mut self, range: &RowRange) -> Result<(), StoreError> {
        self.taking(self.failures)?;
        if self.keeps_ranges {
            return Err(StoreError::failed("ranges are kept"));
        }
        let bounds = range.bounds(Direction::Forward);
        if bounds.is_empty() {
            return Ok(());
        }
        let rows = Arc::make_mut(&mut self.rows);
        let bounds = (Bound::Included(&bounds.start[..]), Bound::Excluded(&bounds.end[..]));
        let doomed: Vec<RowKey> =
            rows.range::<[u8], _>(bounds).map(|(key, _)| key.clone()).collect();
        for key in doomed {
            rows.remove(&key);
        }
        Ok(())
    }

    /// Whether a committer must be started, which is noted.
    pub(super) fn begins_committing(&mut self) -> bool {
        let begins = !self.is_committing && !self.is_held && !self.queue.is_empty();
        self.is_committing |= begins;
        begins
    }

    /// Makes the oldest atoms durable, or fails all; `false` when the committer has to end.
    pub(super) fn commit_batch(&mut self, lags: bool) -> bool {
        if self.is_held || self.queue.is_empty() {
            self.is_committing = false;
            return false;
        }
        if let Some(error) = self.fault.take() {
            self.failures.0 += 1;
            self.queue.drain(..).for_each(|atom| atom.end(&Err(error.clone())));
            return true;
        }
        if lags {
            self.rows_before = Some(Arc::clone(&self.rows));
        }
        let atoms = 1 + self.random(BATCH_ATOMS_MAX);
        for _ in 0..atoms {
            let Some(atom) = self.queue.pop_front() else { break };
            let rows = Arc::make_mut(&mut self.rows);
            for (key, value) in &atom.changes {
                match value {
                    Some(value) => rows.insert(key.clone(), value.clone()),
                    None => rows.remove(key),
                };
            }
            atom.end(&Ok(Outcome::Applied));
        }
        true
    }

    /// Finishes what is queued, and stops.
    pub(super) fn close(&mut self, lags: bool) -> Result<(), StoreError> {
        self.serving()?;
        self.is_held = false;
        self.is_closed = true;
        while self.commit_batch(lags) {}
        assert!(self.queue.is_empty(), "closing finishes what was submitted");
        Ok(())
    }

    /// Whether something that was decided after so many `failures` is taken.
    fn taking(&self, failures: FailureCount) -> Result<(), StoreError> {
        self.serving()?;
        match self.is_read_only {
            _ if failures != self.failures => {
                Err(StoreError::failed("the disk failed meanwhile, as asked"))
            }
            true => Err(StoreError::read_only("it was told to be")),
            false => Ok(()),
        }
    }
}

/// Rows as the queue will leave them.
impl RowsBefore for State {
    fn value(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        Ok(match self.pending(key) {
            Some((value, _)) => value,
            None => self.rows.get(key).cloned(),
        })
    }

    fn last_in(&self, log: &RowKey) -> Result<Option<RowKey>, StoreError> {
        self.rows.last_in(log)
    }
}

impl Atom {
    fn wait(&mut self) -> Ticket {
        let (waiter, receiver) = oneshot::channel();
        self.waiters.push(waiter);
        Ticket::pending(receiver)
    }

    fn end(self, fate: &Result<Outcome, StoreError>) {
        for waiter in self.waiters {
            // Nobody awaits a ticket that was dropped.
            let _dropped = waiter.send(fate.clone());
        }
    }
}
