//! What is submitted and not yet durable.
//!
//! Batches are made durable one after the other, the oldest first. The youngest collects changes
//! until it is taken or full; a later change of a row replaces an earlier one in the same batch, and
//! sums of a row merge. So that no failure can reorder anything, a batch leaves the queue only when
//! it has landed, and when one fails everything in the queue fails with it.
//!
//! Whether a row counts is seen only once its batch is taken. One that does not takes the queue with
//! it that once. From then on it is *suspect*: an atom that adds to it looks first, and fails alone.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use store::{KeyBounds, Outcome, RowKey, RowsBefore, StoreError, Ticket, Write, log_number};
use tokio::sync::oneshot;

use crate::batch::{AtomChanges, BatchContent, Change, Resolved};
use crate::resolving::counters;

/// A batch that has this much takes no more atoms: bounds the engine's memory per commit.
const BATCH_BYTES_MAX: usize = 4 << 20;

/// The end of a channel at whose other end a ticket waits for its batch's fate.
pub(crate) type Waiter = oneshot::Sender<Result<Outcome, StoreError>>;

/// Pending changes.
///
/// Invariants: `flying` says that the first batch is taken, and only its content is shared; batches
/// are numbered without a gap; a batch that removes changes nothing. Asserted where batches come,
/// are taken and land.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// The batch that is being made durable, if one is, and then those that collect or wait.
    batches: VecDeque<Batch>,
    flying: bool,
    /// What the batches hold.
    bytes: usize,
    /// Rows that did not count, and logs without an end, when their batch was taken.
    suspects: HashSet<RowKey>,
    /// Number of the batch that comes next; batches are numbered from 0 and land in order.
    next_number: u64,
}

#[derive(Debug)]
struct Batch {
    number: u64,
    content: Arc<BatchContent>,
    /// What its sums come to, if it has any, from when that is known.
    resolved: Option<Arc<Resolved>>,
    bytes: usize,
    waiters: Vec<Waiter>,
}

/// What the queue will leave in a row.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) change: Change,
    /// The youngest batch that changes it.
    pub(crate) seen: BatchNumber,
}

/// Which batch: they are numbered from 0, in the order in which they land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BatchNumber(u64);

impl Queue {
    /// What the queue will leave in the row, if it changes it.
    pub(crate) fn pending(&self, key: &RowKey) -> Result<Option<Pending>, StoreError> {
        let mut pending: Option<Pending> = None;
        for batch in self.batches.iter().rev() {
            let Some(change) = batch.change(key) else { continue };
            let seen = pending.as_ref().map_or(BatchNumber(batch.number), |pending| pending.seen);
            let change = match pending {
                Some(Pending { change: Change::Sum(amounts), .. }) => change.plus(amounts)?,
                _ => change,
            };
            let is_all = matches!(change, Change::Value(_));
            pending = Some(Pending { change, seen });
            if is_all {
                break;
            }
        }
        Ok(pending)
    }

    /// Queues an atom; `durable` has the rows that the queue does not change.
    pub(crate) fn submit(&mut self, writes: Vec<Write>, durable: &impl RowsBefore) -> Ticket {
        let pushed = AtomChanges::new(writes).and_then(|atom| {
            self.clear_suspects(&atom, durable)?;
            self.push(atom)
        });
        pushed.unwrap_or_else(|error| Ticket::done(Err(error)))
    }

    /// Looks at what the atom adds to or appends to, where that is suspect.
    fn clear_suspects(
        &mut self,
        atom: &AtomChanges,
        durable: &impl RowsBefore,
    ) -> Result<(), StoreError> {
        if self.suspects.is_empty() {
            return Ok(());
        }
        for row in atom.sums().filter(|row| self.suspects.contains(*row)) {
            counters(durable, row)?;
        }
        for log in atom.logs().filter(|log| self.suspects.contains(*log)) {
            durable.last_in(log)?.map_or(Ok(0), |row| log_number(row.borrowed()))?;
        }
        for row in atom.sums().chain(atom.logs()) {
            self.suspects.remove(row);
        }
        Ok(())
    }

    /// Roughly the memory that what is queued takes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Queues the removal of every row within `bounds`.
    pub(crate) fn submit_removal(&mut self, bounds: KeyBounds) -> Ticket {
        let content = BatchContent { removed: Some(bounds), ..BatchContent::default() };
        // Full from the start: nothing joins it.
        self.append(content, BATCH_BYTES_MAX).wait()
    }

    /// A ticket for what was read.
    pub(crate) fn ticket_for(&mut self, seen: Option<BatchNumber>) -> Ticket {
        let batch = seen.and_then(|BatchNumber(number)| {
            self.batches.iter_mut().find(|batch| batch.number == number)
        });
        match batch {
            Some(batch) => batch.wait(),
            None => Ticket::done(Ok(Outcome::Applied)),
        }
    }

    /// The oldest batch, for the committer; nothing is added to it from now on.
    pub(crate) fn take(&mut self) -> Option<Arc<BatchContent>> {
        assert!(!self.flying, "one batch is made durable at a time");
        let batch = self.batches.front()?;
        let BatchContent { changes, appends, removed } = &*batch.content;
        let is_shared = !changes.is_empty() || !appends.is_empty();
        assert!(removed.is_some() != is_shared, "a batch removes, or changes, or appends");
        self.flying = true;
        Some(Arc::clone(&batch.content))
    }

    /// What the sums of the batch that was taken come to. It is not durable yet.
    pub(crate) fn resolved(&mut self, resolved: Arc<Resolved>) {
        assert!(self.flying, "a batch that is resolved was taken");
        let batch = self.batches.front_mut().expect("a batch that was taken is still queued");
        batch.resolved = Some(resolved);
    }

    /// The batch that was taken is durable and visible.
    pub(crate) fn landed(&mut self) -> Vec<Waiter> {
        assert!(std::mem::take(&mut self.flying), "a batch that lands was taken");
        let batch = self.batches.pop_front().expect("a batch that was taken is still queued");
        let behind = self.batches.len() as u64;
        assert_eq!(batch.number + 1 + behind, self.next_number, "batches land in their order");
        self.bytes -= batch.bytes;
        assert!(behind > 0 || self.bytes == 0, "an empty queue holds no bytes");
        debug_assert_eq!(
            self.bytes,
            self.batches.iter().map(|batch| batch.bytes).sum::<usize>(),
            "the queue holds what its batches do"
        );
        batch.waiters
    }

    /// From now on atoms that add to this row, or append to this log, look first.
    pub(crate) fn suspect(&mut self, row: RowKey) {
        self.suspects.insert(row);
    }

    /// Gives up everything.
    pub(crate) fn give_up(&mut self) -> Vec<Waiter> {
        self.flying = false;
        self.bytes = 0;
        self.batches.drain(..).flat_map(|batch| batch.waiters).collect()
    }

    fn push(&mut self, atom: AtomChanges) -> Result<Ticket, StoreError> {
        let bytes = atom.bytes();
        let batch = self.collecting();
        let content = Arc::get_mut(&mut batch.content).expect("only a taken batch is shared");
        content.take_in(atom)?;
        batch.bytes += bytes;
        let ticket = batch.wait();
        self.bytes += bytes;
        Ok(ticket)
    }

    /// The batch that takes the next atom.
    fn collecting(&mut self) -> &mut Batch {
        let waiting = self.batches.len() - usize::from(self.flying);
        let open = self.batches.back().is_some_and(|batch| batch.bytes < BATCH_BYTES_MAX);
        if waiting == 0 || !open {
            return self.append(BatchContent::default(), 0);
        }
        self.batches.back_mut().expect("a batch waits")
    }

    fn append(&mut self, content: BatchContent, bytes: usize) -> &mut Batch {
        let number = self.next_number;
        self.next_number += 1;
        debug_assert!(
            self.batches.back().is_none_or(|last| last.number + 1 == number),
            "batches are numbered without a gap"
        );
        let content = Arc::new(content);
        self.bytes += bytes;
        self.batches.push_back(Batch {
            number,
            content,
            resolved: None,
            bytes,
            waiters: Vec::new(),
        });
        self.batches.back_mut().expect("it was just pushed")
    }
}

impl Batch {
    /// What it does to a row.
    fn change(&self, key: &RowKey) -> Option<Change> {
        let sum = self.resolved.as_ref().and_then(|resolved| resolved.sums.get(key));
        let sum = sum.map(|sum| Change::Value(Some(sum.clone())));
        sum.or_else(|| self.content.changes.get(key).cloned())
    }

    /// A ticket for this batch.
    fn wait(&mut self) -> Ticket {
        let (waiter, receiver) = oneshot::channel();
        self.waiters.push(waiter);
        Ticket::pending(receiver)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::task::{Context, Poll, Waker};

    use bytes::Bytes;
    use store::{Counters, Kind, RowRange, Space};

    use super::*;

    /// A store without rows.
    struct Empty;

    impl RowsBefore for Empty {
        fn value(&self, _: &RowKey) -> Result<Option<Bytes>, StoreError> {
            Ok(None)
        }

        fn last_in(&self, _: &RowKey) -> Result<Option<RowKey>, StoreError> {
            Ok(None)
        }
    }

    fn key(sort: u8) -> RowKey {
        RowKey::new(Space(1), Kind(1), 9, b"p", &[sort])
    }

    fn put(queue: &mut Queue, sort: u8, bytes: usize) -> Ticket {
        let value = vec![sort; bytes].into();
        queue.submit(vec![Write::Put { key: key(sort), value }], &Empty)
    }

    fn land(queue: &mut Queue) {
        for waiter in queue.landed() {
            // Some tickets were dropped.
            let _dropped = waiter.send(Ok(Outcome::Applied));
        }
    }

    /// The fate of an atom, if it is known.
    fn result(ticket: Ticket) -> Option<Result<Outcome, StoreError>> {
        let mut context = Context::from_waker(Waker::noop());
        match std::pin::pin!(ticket.wait()).poll(&mut context) {
            Poll::Ready(result) => Some(result),
            Poll::Pending => None,
        }
    }

    fn is_done(ticket: Ticket) -> bool {
        matches!(result(ticket), Some(Ok(Outcome::Applied)))
    }

    #[test]
    fn a_taken_batch_is_closed_and_the_next_one_collects() {
        let mut queue = Queue::default();
        let first = put(&mut queue, 1, 1);
        let taken = queue.take().unwrap();
        let second = put(&mut queue, 2, 1);
        let third = put(&mut queue, 3, 1);
        assert_eq!(taken.changes.len(), 1);
        land(&mut queue);
        assert!(is_done(first));
        assert_eq!(queue.take().unwrap().changes.len(), 2);
        land(&mut queue);
        assert!(is_done(second) && is_done(third));
        assert!(queue.take().is_none());
    }

    #[test]
    fn a_full_batch_takes_no_more() {
        let mut queue = Queue::default();
        drop(put(&mut queue, 1, BATCH_BYTES_MAX));
        drop(put(&mut queue, 2, 1));
        assert_eq!(queue.take().unwrap().changes.len(), 1);
    }

    #[test]
    fn a_removal_shares_its_batch_with_nothing() {
        let mut queue = Queue::default();
        drop(put(&mut queue, 1, 1));
        let bounds = RowRange::Space(Space(2)).bounds(store::Direction::Forward);
        drop(queue.submit_removal(bounds.clone()));
        drop(put(&mut queue, 2, 1));
        assert!(queue.take().unwrap().removed.is_none());
        land(&mut queue);
        let removal = queue.take().unwrap();
        assert!(removal.changes.is_empty() && removal.removed == Some(bounds));
        land(&mut queue);
        assert_eq!(queue.take().unwrap().changes.len(), 1);
    }

    fn pending(queue: &Queue, sort: u8) -> Option<Pending> {
        queue.pending(&key(sort)).unwrap()
    }

    fn add(queue: &mut Queue, sort: u8, amount: i64, durable: &impl RowsBefore) -> Ticket {
        queue.submit(vec![Write::Add { key: key(sort), amounts: [amount, 0] }], durable)
    }

    #[test]
    fn pending_is_the_youngest_change_until_it_has_landed() {
        let mut queue = Queue::default();
        drop(put(&mut queue, 1, 1));
        let older = pending(&queue, 1).unwrap().seen;
        queue.take().unwrap();
        drop(put(&mut queue, 1, 2));
        let Pending { change, seen } = pending(&queue, 1).unwrap();
        assert_eq!(change, Change::Value(Some(vec![1; 2].into())));
        assert!(seen > older);
        land(&mut queue);
        assert!(pending(&queue, 1).is_some());
        queue.take().unwrap();
        land(&mut queue);
        assert!(pending(&queue, 1).is_none());
    }

    #[test]
    fn sums_of_several_batches_are_pending_together() {
        let mut queue = Queue::default();
        drop(add(&mut queue, 1, 1, &Empty));
        queue.take().unwrap();
        drop(add(&mut queue, 1, 2, &Empty));
        assert_eq!(pending(&queue, 1).unwrap().change, Change::Sum([3, 0]));
        let sums = HashMap::from([(key(1), Counters([101, 0]).encode())]);
        queue.resolved(Arc::new(Resolved { sums, appended: Vec::new() }));
        let Pending { change, seen } = pending(&queue, 1).unwrap();
        assert_eq!(change, Change::Value(Some(Counters([103, 0]).encode())));
        assert_eq!(seen, BatchNumber(1));
        land(&mut queue);
        assert_eq!(pending(&queue, 1).unwrap().change, Change::Sum([2, 0]));
    }

    /// A store whose rows do not count.
    struct NoCounters;

    impl RowsBefore for NoCounters {
        fn value(&self, _: &RowKey) -> Result<Option<Bytes>, StoreError> {
            Ok(Some("no counter".into()))
        }

        fn last_in(&self, _: &RowKey) -> Result<Option<RowKey>, StoreError> {
            Ok(Some(key(1)))
        }
    }

    #[test]
    fn an_atom_that_needs_a_suspect_row_looks_first_and_fails_alone() {
        let mut queue = Queue::default();
        queue.suspect(key(1));
        queue.suspect(key(2));
        let beside = put(&mut queue, 3, 1);
        let failed = add(&mut queue, 1, 1, &NoCounters);
        assert!(matches!(result(failed), Some(Err(StoreError::Damaged { .. }))));
        let log = Write::Append { log: key(2), at_least: 0, value: Bytes::new() };
        let failed = queue.submit(vec![log], &NoCounters);
        assert!(matches!(result(failed), Some(Err(StoreError::Damaged { .. }))));
        let mended = add(&mut queue, 1, 1, &Empty);
        // No longer suspect, it is looked at with its batch.
        let next = add(&mut queue, 1, 1, &NoCounters);
        queue.take().unwrap();
        land(&mut queue);
        assert!(is_done(beside) && is_done(mended) && is_done(next));
    }

    #[test]
    fn an_answer_waits_for_the_batch_it_was_read_from_and_no_longer() {
        let mut queue = Queue::default();
        drop(put(&mut queue, 1, 1));
        let seen = pending(&queue, 1).unwrap().seen;
        queue.take().unwrap();
        drop(put(&mut queue, 2, 1));
        assert!(!is_done(queue.ticket_for(Some(seen))));
        let answer = queue.ticket_for(Some(seen));
        land(&mut queue);
        assert!(is_done(answer));
        assert!(is_done(queue.ticket_for(Some(seen))));
        assert!(is_done(queue.ticket_for(None)));
    }
}
