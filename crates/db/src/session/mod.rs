//! The one way in which item rows are written: a session of latches, reads, decisions and one atom.
//!
//! What it is: a [`Session`] opens an [`Atom`] by one of three entries, which differ in what keeps
//! others away; the atom reads items, takes changes, and is submitted. What a change adds to its
//! atom besides the item's row (index entries, expiry entries, change records) is [`Maintained`].
//! [`Session::change_rows`] is the same way for rows of the catalog, which are no items.
//!
//! What it is not: it decides nothing. Conditions and updates are `operations`' to evaluate.
//!
//! # The entries
//! ```text
//! single        enter the table → latch the rows → ask whether a transaction has one of them
//! transaction   enter the tables → register the rows → latch them
//! unpublished   (a table that nobody can name yet: nothing to enter, no latches)
//!
//! then, alike:  read → decide → change → submit → ticket → applied
//! ```
//! The two orders are why a transaction and a single write never both go on: the transaction
//! registers *before* it latches, the single write asks *under* its latch. Whoever has the latch
//! second sees the other.
//!
//! Example: two writers put the item `a`, one of them in a transaction with `b`.
//!
//! ```text
//! transaction  register a, b ── latch a, b ── submit ───────────── durable ── unregister
//! single                  enter ── latch a (waits) ──────── is a registered? yes: conflict
//! ```
//!
//! # Invariants
//! - Nobody else in this crate submits an atom that puts or deletes an item's row.
//! - A guard lives within one atom, and an atom takes no second one: nobody latches with latches in
//!   hand.
//! - An atom keeps its tables entered until it is queued: whoever closes a gate finds the atom
//!   queued in front of its own commit.
//! - Whoever waits for a stream is woken when an atom that left records in it is durable, also when
//!   nobody waits for the atom any more.
//! - A row of a transaction stays registered until the transaction is durable, also when nobody
//!   waits for it any more.

mod atom;
mod registry;
mod submitted;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::ChangeOrigin;
use store::{Outcome, RowKey, Store, StoreError, Write};

pub(crate) use atom::{Atom, Change, Current, Effect, Maintained};
pub(crate) use registry::{InProgress, Registry};
pub(crate) use submitted::Submitted;
pub(crate) use writes::Writes;

use crate::layout::stamp::StampSource;
use crate::schema::{Entered, Table};

/// How often a store that lost track of an atom is asked for it.
const ASKED_MAX: u32 = 10;
/// How long to wait before it is asked again.
const ASKED_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Writes rows of one store.
#[derive(Debug)]
pub(crate) struct Session<S> {
    pub(crate) store: Arc<S>,
    pub(crate) stamps: Arc<StampSource>,
    registry: Arc<Registry>,
}

/// Why a transaction cannot begin its atom.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// A table has been dropped.
    Dropped,
    /// Other transactions have rows: which of them, in order.
    Taken {
        /// One per row.
        taken: Vec<bool>,
    },
}

impl<S: Store> Session<S> {
    pub(crate) fn new(store: Arc<S>, stamps: Arc<StampSource>) -> Self {
        Self { store, stamps, registry: Arc::default() }
    }

    /// Begins an atom on rows of one table; `None` when the table has been dropped. Whether a
    /// transaction has one of the rows is [`Atom::is_in_transaction`].
    pub(crate) async fn single<M: Maintained>(
        &self,
        table: &Arc<Table>,
        rows: &[RowKey],
        origin: ChangeOrigin,
    ) -> Option<Atom<'_, S, M>> {
        let inside = table.enter().await?;
        let guard = self.store.lock(rows).await;
        Some(Atom::new(self, guard, origin).inside(inside))
    }

    /// Begins a transaction under its token; `None` while another has it.
    pub(crate) fn begin(&self, token: Option<registry::Token>) -> Option<InProgress> {
        self.registry.begin(token)
    }

    /// Begins the atom of a transaction on rows of items, each with its table, and on `others`,
    /// which are none.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn transaction<M: Maintained>(
        &self,
        mut in_progress: InProgress,
        items: &[(&Arc<Table>, &RowKey)],
        others: impl Iterator<Item = RowKey> + Send,
    ) -> Result<Atom<'_, S, M>, Refusal> {
        let inside = enter_each(items.iter().map(|(table, _)| *table)).await?;
        let mut rows: Vec<RowKey> = items.iter().map(|(_, row)| (*row).clone()).collect();
        in_progress.take_rows(rows.clone()).map_err(|taken| Refusal::Taken { taken })?;
        rows.extend(others);
        let guard = self.store.lock(&rows).await;
        let atom = Atom::new(self, guard, ChangeOrigin::Caller).in_progress(in_progress);
        Ok(inside.into_iter().fold(atom, Atom::inside))
    }

    /// Begins an atom on rows of a table that only the caller can name.
    pub(crate) async fn unpublished<M: Maintained>(&self) -> Atom<'_, S, M> {
        let guard = self.store.lock(&[]).await;
        Atom::new(self, guard, ChangeOrigin::Caller)
    }

    /// Waits for an atom; `false` says that another writer was first, and to evaluate again. `what`
    /// the atom was to do is said where nobody knows whether it did.
    ///
    /// # Errors
    /// What the store fails with. The atom was not applied then, unless the error says that this
    /// is unknown.
    pub(crate) async fn applied(
        &self,
        submitted: Submitted,
        what: &str,
    ) -> Result<bool, StoreError> {
        let mut submitted = submitted;
        let mut outcome = (&mut submitted.ticket).await?;
        for _ in 0..ASKED_MAX {
            match outcome {
                Outcome::Applied => {
                    submitted.tell();
                    return Ok(true);
                }
                Outcome::Conflict => return Ok(false),
                Outcome::Unknown => outcome = self.store.outcome_of(submitted.id).await?,
            }
            if outcome == Outcome::Unknown {
                tokio::time::sleep(ASKED_AGAIN_AFTER).await;
            }
        }
        Err(StoreError::failed(format!("whether {what} is unknown")))
    }

    /// Latches `rows`, which are no items, reads them, and writes what `decide` makes of their
    /// values; again, where another writer was first. When this returns, the writes are durable.
    ///
    /// # Errors
    /// What `decide` and the store fail with.
    pub(crate) async fn change_rows<T: Send>(
        &self,
        rows: &[RowKey],
        what: &str,
        mut decide: impl FnMut(&[Option<Bytes>]) -> Result<(Vec<Write>, T), StoreError> + Send,
    ) -> Result<T, StoreError> {
        use store::Guard as _;
        loop {
            let mut guard = self.store.lock(rows).await;
            let mut values = Vec::with_capacity(rows.len());
            for row in rows {
                values.push(guard.read(row).await?);
            }
            let (writes, decided) = decide(&values)?;
            let id = self.stamps.atom_id();
            let ticket = guard.submit(id, writes);
            if self.applied(Submitted::of_rows(ticket, id), what).await? {
                return Ok(decided);
            }
        }
    }
}

/// Goes into every table once: whoever is inside must not wait for a drop of the same table, which
/// waits for those inside.
async fn enter_each(
    tables: impl Iterator<Item = &Arc<Table>> + Send,
) -> Result<Vec<Entered>, Refusal> {
    let mut inside: Vec<Entered> = Vec::new();
    for table in tables {
        if inside.iter().all(|entered| entered.place != table.place) {
            inside.push(table.enter().await.ok_or(Refusal::Dropped)?);
        }
    }
    Ok(inside)
}
