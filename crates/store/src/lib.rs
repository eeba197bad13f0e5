//! The storage contract: what `db` may ask of an engine, over opaque bytes.
//!
//! What it is: [`Store`] and [`Guard`], the row names and ranges they speak of, the in-memory
//! store, and (feature `suite`) the contract test suite that every engine must pass, and a slow
//! store to test its users with.
//!
//! What it is not: it knows no item, no table and no expression.
//!
//! # The contract
//! The suite holds every engine to it from outside. What the types here can see for themselves (row
//! names, ranges, numbers, latches) they assert; a value that is not what it should be is damage, and
//! an error.
//!
//! **Order.** Rows are ordered by [`RowKey`] bytes: space, kind, partition hash, partition, sort.
//!
//! **Writing** is lock → read → submit → ticket. [`Store::lock`] takes the latches of the named
//! rows, sorted, so that no two holders wait for each other; nobody locks while holding a guard.
//! [`Guard::read`] sees durable rows plus writes already submitted. [`Guard::submit`] queues the
//! writes as one atom, applied in their order, releases the latches, and answers with a [`Ticket`].
//!
//! **Owners.** Every row that is read to decide a write, and every row that is put or deleted, is
//! locked itself or *hangs* on a row that is locked: its owner, always the same one. So an item's
//! row owns the item's index entries and its expiry entry, and one latch serves for all of them. A
//! guard reads hanging rows as it reads locked ones, with the writes already submitted. The rows of
//! a space that only one writer can name yet need no latch.
//!
//! ```text
//! lock(item) ─ read(item), read(entry) ─ submit: put item, put entry ─ ticket
//!                                        lock(item) ─ read(entry): as the atom before leaves it
//! ```
//!
//! **Outcomes.** An atom is `Applied` or it is not; `Conflict` says that it is not, because another
//! writer was first, and its writer evaluates again. A distributed engine may lose track of one and
//! answer `Unknown`; each atom carries an [`AtomId`], and [`Store::outcome_of`] that id tells, now
//! or later, whether it is `Applied` or a `Conflict`. The engine keeps the outcome for ten minutes
//! at least. An embedded engine always knows and never answers `Unknown`.
//!
//! **Tickets.** `Applied` says: durable, in every row, and everything the guard read was durable
//! before. A guard that submits nothing gets a ticket that waits for the pending writes it read.
//! If a queued write fails, everything queued behind it fails, and so does every ticket of a guard
//! that read it. A submitted write is carried out whether or not anybody awaits the ticket, and a
//! guard that is dropped instead releases its latches and changes nothing.
//!
//! **Reading.** Ordinary reads ([`Store::get`], [`Store::range`], [`Store::read_atomically`]) see
//! durable rows only, and never half of an atom, whichever partitions it spans. What one call
//! shows is one moment. A [`Consistency::Strong`] read sees every atom whose ticket said `Applied`
//! before the call began; an [`Consistency::Eventual`] one may show an earlier moment.
//! [`Store::read_atomically`] is strong. `visit` shows no row twice and none after it broke; it
//! does not call the store.
//!
//! **Snapshots.** An engine may offer [`Store::snapshot`]: one strong moment that is read with many
//! calls, for as long as its reader likes, while writes go on.
//!
//! **Sums.** [`Write::Add`] is commutative: its row needs no latch, and several in one commit
//! merge. A row that is added to is read as [`Counters`].
//!
//! **Logs.** [`Write::Append`] adds a row behind all others of its log; the store gives it its
//! number, and needs no latch for it. Numbers rise in the order in which atoms become durable: who
//! has read up to a number has missed nothing below it. They rise across restarts, too, where
//! the log still has a row; an empty one begins where `at_least` says.
//!
//! **Ranges are removed** by [`Store::delete_range`] with no order against writes inside the range:
//! the caller keeps writers out and never reuses the space.
//!
//! **Health.** A store that cannot write for the moment is read-only and says so by
//! [`Store::health`]; writes fail with [`StoreError::ReadOnly`] and reads go on. One that has
//! stopped answers nothing until it is opened anew.
//!
//! **Closing** finishes what was submitted. Afterwards everything fails with
//! [`StoreError::Stopped`], `close` itself included.

mod atom;
mod changes;
mod counters;
mod counting;
mod error;
mod figures;
mod health;
mod latches;
mod logs;
mod memory;
mod row;
#[cfg(feature = "suite")]
pub mod slow;
mod snapshot;
#[cfg(feature = "suite")]
pub mod suite;
mod waiting;

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

pub use atom::{AtomId, AtomIds};
pub use changes::{RowChange, RowsBefore, resolve};
pub use counters::Counters;
pub use counting::Counting;
pub use error::StoreError;
pub use figures::{Figure, FigureValue, Histogram, Spread, SpreadUnit};
pub use health::Health;
pub use latches::{LatchGuard, Latches};
pub use logs::{Logs, log_number, log_range, log_row};
pub use memory::{MemoryGuard, MemorySnapshot, MemoryStore};
pub use row::{KeyBounds, Kind, Row, RowKey, RowKeyRef, RowRange, Space, prefix_end};
pub use snapshot::{NoSnapshot, Snapshot};
pub use waiting::relieved_of_tasks;

/// An engine. Static dispatch; `stator` composes the engines into one enum.
pub trait Store: Send + Sync + 'static {
    /// What [`Store::lock`] answers with.
    type Guard: Guard;

    /// What [`Store::snapshot`] answers with; [`NoSnapshot`] where there are none.
    type Snapshot: Snapshot;

    /// The durable value of one row.
    fn get(
        &self,
        key: &RowKey,
        consistency: Consistency,
    ) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;

    /// Shows the rows of `range` one by one, in key order or against it, until `visit` breaks.
    fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        consistency: Consistency,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The durable values of several rows as of one moment.
    fn read_atomically(
        &self,
        keys: &[RowKey],
    ) -> impl Future<Output = Result<Vec<Option<Bytes>>, StoreError>> + Send;

    /// The durable rows as of now, to be read for long; `None` where the engine has no snapshots.
    fn snapshot(&self) -> impl Future<Output = Result<Option<Self::Snapshot>, StoreError>> + Send;

    /// Takes the latches of `keys` (any order, repetitions allowed).
    fn lock(&self, keys: &[RowKey]) -> impl Future<Output = Self::Guard> + Send;

    /// What became of an atom whose ticket said [`Outcome::Unknown`]: `Applied`; `Conflict`, if it
    /// was not applied and never will be; or `Unknown` while the engine still cannot say.
    ///
    /// # Errors
    /// [`StoreError::Failed`] from an engine that never answers `Unknown`: it keeps no outcomes.
    fn outcome_of(&self, id: AtomId) -> impl Future<Output = Result<Outcome, StoreError>> + Send {
        std::future::ready(Err(StoreError::failed(format!(
            "this engine always knows, and keeps no outcome of {id:?}"
        ))))
    }

    /// Removes every row of `range`, durably; space on disk comes back in the background.
    fn delete_range(&self, range: &RowRange)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Finishes what is queued and closes; later calls fail with [`StoreError::Stopped`].
    fn close(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whether it serves just now. Costs nothing.
    fn health(&self) -> Health;

    /// What it tells about itself in numbers; nothing, unless the engine says otherwise. May look
    /// at files: for somebody who asks now and then.
    fn figures(&self) -> Vec<Figure> {
        Vec::new()
    }
}

/// The latches of some rows, held.
pub trait Guard: Send {
    /// The row's value as the queue will leave it.
    fn read(
        &mut self,
        key: &RowKey,
    ) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;

    /// Queues `writes` as the atom `id` and releases the latches. No writes: a ticket for what was
    /// read.
    fn submit(self, id: AtomId, writes: Vec<Write>) -> Ticket;
}

/// One change to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Sets the row's value.
    Put {
        /// The row.
        key: RowKey,
        /// The row's new value.
        value: Bytes,
    },
    /// Removes the row, present or not.
    Delete {
        /// The row.
        key: RowKey,
    },
    /// Adds to the two counters the row holds (little-endian i64 each, absent is zero).
    Add {
        /// The row.
        key: RowKey,
        /// What to add to the first and to the second counter.
        amounts: [i64; 2],
    },
    /// Adds a row behind all others of its log. Its sort part is a number, big-endian.
    Append {
        /// The rows' name without the sort part.
        log: RowKey,
        /// The least number it may have.
        at_least: u64,
        /// The new row's value.
        value: Bytes,
    },
}

impl Write {
    /// The row it changes; of an append, the log.
    pub fn key(&self) -> &RowKey {
        match self {
            Self::Put { key, .. } | Self::Delete { key } | Self::Add { key, .. } => key,
            Self::Append { log, .. } => log,
        }
    }
}

/// Which way a range is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In key order.
    Forward,
    /// Against key order.
    Backward,
}

/// Which moment a read shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// One with every atom whose ticket said `Applied` before the read began.
    Strong,
    /// Any of the last ones: the newest atoms may be missing. Never half of one.
    Eventual,
}

/// How a submitted atom ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Durable.
    Applied,
    /// Not applied: another writer was first. Evaluate again.
    Conflict,
    /// A distributed engine lost track of it: it may be applied, now or later. [`Store::outcome_of`]
    /// tells; nobody submits it again before.
    Unknown,
}

/// Resolves when the atom's fate is known. It may be awaited again, with the same answer.
#[derive(Debug)]
pub struct Ticket {
    state: TicketState,
}

#[derive(Debug)]
enum TicketState {
    Done(Result<Outcome, StoreError>),
    Pending(tokio::sync::oneshot::Receiver<Result<Outcome, StoreError>>),
}

impl Ticket {
    /// A ticket whose fate is known already.
    pub fn done(result: Result<Outcome, StoreError>) -> Self {
        Self { state: TicketState::Done(result) }
    }

    /// A ticket that an engine's committer resolves.
    pub fn pending(receiver: tokio::sync::oneshot::Receiver<Result<Outcome, StoreError>>) -> Self {
        Self { state: TicketState::Pending(receiver) }
    }

    /// Waits for the fate.
    pub async fn wait(self) -> Result<Outcome, StoreError> {
        self.await
    }
}

impl Future for Ticket {
    type Output = Result<Outcome, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match &mut self.state {
            TicketState::Done(result) => return Poll::Ready(result.clone()),
            TicketState::Pending(receiver) => ready!(Pin::new(receiver).poll(context)),
        };
        let result = result.unwrap_or_else(|_| Err(StoreError::stopped("the committer is gone")));
        self.state = TicketState::Done(result.clone());
        Poll::Ready(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ticket_says_the_same_however_often_it_is_awaited() {
        let (committer, receiver) = tokio::sync::oneshot::channel();
        let mut ticket = Ticket::pending(receiver);
        committer.send(Ok(Outcome::Applied)).unwrap();
        assert_eq!((&mut ticket).await.unwrap(), Outcome::Applied);
        assert_eq!(ticket.wait().await.unwrap(), Outcome::Applied);
    }
}
