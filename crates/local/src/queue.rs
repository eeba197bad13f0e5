//! What is submitted and not yet durable.
//!
//! Batches are made durable one after the other, the oldest first. The youngest collects changes
//! until it is taken or full; a later change of a row replaces an earlier one in the same batch.
//! So that no failure can reorder anything, a batch leaves the queue only when it has landed, and
//! when one fails everything in the queue fails with it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use store::{
    KeyBounds, Logs, Outcome, RowChange, RowKey, RowsBefore, StoreError, Ticket, Write, resolve,
};
use tokio::sync::oneshot;

/// A batch that has this much takes no more atoms: bounds the engine's memory per commit.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// What a change takes besides its name and value.
const CHANGE_BYTES: usize = 256;

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
    logs: Logs,
    /// Number of the batch that comes next; batches are numbered from 0 and land in order.
    next_number: u64,
}

#[derive(Debug)]
struct Batch {
    number: u64,
    content: Arc<BatchContent>,
    bytes: usize,
    waiters: Vec<Waiter>,
}

/// What a batch does to the engine's rows.
#[derive(Debug, Default)]
pub(crate) struct BatchContent {
    /// The value that the batch leaves in each row it changes; `None` removes the row.
    pub(crate) changes: HashMap<RowKey, Option<Bytes>>,
    /// Rows removed wholesale; such a batch changes nothing else.
    pub(crate) removed: Option<KeyBounds>,
}

impl BatchContent {
    /// Roughly the memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.changes.iter().map(|(key, value)| change_bytes(key, value.as_ref())).sum()
    }
}

/// Which batch: they are numbered from 0, in the order in which they land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BatchNumber(u64);

impl Queue {
    /// What the queue will leave in the row, if it changes it.
    pub(crate) fn pending(&self, key: &RowKey) -> Option<(Option<Bytes>, BatchNumber)> {
        pending(&self.batches, key)
    }

    /// Queues an atom; `durable` has the rows that the queue does not change.
    pub(crate) fn submit(&mut self, writes: Vec<Write>, durable: &impl RowsBefore) -> Ticket {
        let before = Queued { batches: &self.batches, durable };
        match resolve(writes, &mut self.logs, &before) {
            Ok(changes) => self.push(changes),
            Err(error) => Ticket::done(Err(error)),
        }
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
        let BatchContent { changes, removed } = &*batch.content;
        assert!(removed.is_none() || changes.is_empty(), "a removal shares its batch with nothing");
        assert!(removed.is_some() || !changes.is_empty(), "a batch does something");
        self.flying = true;
        Some(Arc::clone(&batch.content))
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

    /// Gives up everything.
    pub(crate) fn give_up(&mut self) -> Vec<Waiter> {
        self.flying = false;
        self.bytes = 0;
        self.batches.drain(..).flat_map(|batch| batch.waiters).collect()
    }

    fn push(&mut self, changes: Vec<RowChange>) -> Ticket {
        let bytes =
            changes.iter().map(|(key, value)| change_bytes(key, value.as_ref())).sum::<usize>();
        self.bytes += bytes;
        let batch = self.collecting();
        debug_assert!(batch.content.removed.is_none(), "nothing joins a removal");
        batch.bytes += bytes;
        let content = Arc::get_mut(&mut batch.content).expect("only a taken batch is shared");
        content.changes.extend(changes);
        batch.wait()
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
        self.batches.push_back(Batch { number, content, bytes, waiters: Vec::new() });
        self.batches.back_mut().expect("it was just pushed")
    }
}

/// Durable rows, and over them what is queued.
struct Queued<'a, D> {
    batches: &'a VecDeque<Batch>,
    durable: &'a D,
}

impl<D: RowsBefore> RowsBefore for Queued<'_, D> {
    fn value(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        match pending(self.batches, key) {
            Some((value, _)) => Ok(value),
            None => self.durable.value(key),
        }
    }

    fn last_in(&self, log: &RowKey) -> Result<Option<RowKey>, StoreError> {
        self.durable.last_in(log)
    }
}

fn pending(batches: &VecDeque<Batch>, key: &RowKey) -> Option<(Option<Bytes>, BatchNumber)> {
    batches.iter().rev().find_map(|batch| {
        let value = batch.content.changes.get(key)?;
        Some((value.clone(), BatchNumber(batch.number)))
    })
}

impl Batch {
    /// A ticket for this batch.
    fn wait(&mut self) -> Ticket {
        let (waiter, receiver) = oneshot::channel();
        self.waiters.push(waiter);
        Ticket::pending(receiver)
    }
}

fn change_bytes(key: &RowKey, value: Option<&Bytes>) -> usize {
    CHANGE_BYTES + key.as_bytes().len() + value.map_or(0, Bytes::len)
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use store::{Kind, RowRange, Space};

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

    fn is_done(ticket: Ticket) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        let result = std::pin::pin!(ticket.wait()).poll(&mut context);
        matches!(result, Poll::Ready(Ok(Outcome::Applied)))
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

    #[test]
    fn pending_is_the_youngest_change_until_it_has_landed() {
        let mut queue = Queue::default();
        drop(put(&mut queue, 1, 1));
        let (_, older) = queue.pending(&key(1)).unwrap();
        queue.take().unwrap();
        drop(put(&mut queue, 1, 2));
        let (value, younger) = queue.pending(&key(1)).unwrap();
        assert_eq!(value.unwrap().len(), 2);
        assert!(younger > older);
        land(&mut queue);
        assert!(queue.pending(&key(1)).is_some());
        queue.take().unwrap();
        land(&mut queue);
        assert!(queue.pending(&key(1)).is_none());
    }

    #[test]
    fn an_answer_waits_for_the_batch_it_was_read_from_and_no_longer() {
        let mut queue = Queue::default();
        drop(put(&mut queue, 1, 1));
        let (_, seen) = queue.pending(&key(1)).unwrap();
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
