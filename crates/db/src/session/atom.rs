//! One atom on its way: what was read for it, what it changes, and what that adds.

use std::sync::Arc;

use bytes::Bytes;
use model::{ChangeOrigin, Item};
use smallvec::SmallVec;
use store::{Guard, RowKey, Store, StoreError};

use super::{InProgress, Session, Submitted, Writes};
use crate::layout::stamp::Stamp;
use crate::layout::stored::{self, Stored};
use crate::schema::{Entered, Table};

/// What is kept in step with the items of a table: each change of an item passes by, and adds its
/// writes to the item's atom.
pub(crate) trait Maintained: Default + Send {
    /// What has to be read before a change is decided.
    type Known: Send;
    /// What a change did here, for whoever meters it.
    type Effect: Default + Send;

    /// Reads, under the latch of an item's row, what [`Maintained::change`] needs to know of it.
    fn read<G: Guard>(
        guard: &mut G,
        table: &Table,
        item: Option<&Item>,
    ) -> impl Future<Output = Result<Self::Known, StoreError>> + Send;

    /// Adds to the writes what a change asks for.
    fn change(
        &mut self,
        change: &Change<'_>,
        known: Self::Known,
        writes: &mut Writes,
    ) -> Self::Effect;

    /// Completes the writes of an atom that is about to be queued; its tables are entered.
    fn finish(self, writes: &mut Writes);
}

/// A change of an item, decided. One side at least is there, and they differ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) table: &'a Table,
    pub(crate) row: &'a RowKey,
    pub(crate) before: Option<&'a Item>,
    pub(crate) after: Option<&'a Item>,
    pub(crate) stamp: Stamp,
    /// The value that the row gets.
    pub(crate) value: Option<&'a Bytes>,
    pub(crate) origin: ChangeOrigin,
}

/// An item as it is, under the latch of its row.
#[derive(Debug)]
pub(crate) struct Current<K> {
    stored: Option<Stored>,
    known: K,
}

/// What a change did to its item, and to what is maintained for it.
#[derive(Debug, Default)]
pub(crate) struct Effect<E> {
    pub(crate) before: Option<Item>,
    pub(crate) after: Option<Item>,
    pub(crate) maintained: E,
}

/// Writes that will become durable together.
#[derive(Debug)]
pub(crate) struct Atom<'s, S: Store, M> {
    session: &'s Session<S>,
    guard: S::Guard,
    origin: ChangeOrigin,
    writes: Writes,
    maintained: M,
    inside: SmallVec<[Entered; 1]>,
    in_progress: Option<InProgress>,
}

impl<K> Current<K> {
    /// The item, if there is one.
    pub(crate) fn item(&self) -> Option<&Item> {
        self.stored.as_ref().map(|row| &row.item)
    }
}

impl<'s, S: Store, M: Maintained> Atom<'s, S, M> {
    pub(super) fn new(session: &'s Session<S>, guard: S::Guard, origin: ChangeOrigin) -> Self {
        let (writes, maintained) = (Writes::default(), M::default());
        Self {
            session,
            guard,
            origin,
            writes,
            maintained,
            inside: SmallVec::new(),
            in_progress: None,
        }
    }

    pub(super) fn inside(mut self, table: Entered) -> Self {
        self.inside.push(table);
        self
    }

    pub(super) fn in_progress(mut self, in_progress: InProgress) -> Self {
        self.in_progress = Some(in_progress);
        self
    }

    /// The one table that was entered: the version whose indexes its writers maintain.
    pub(crate) fn table(&self) -> Arc<Table> {
        let [inside] = &self.inside[..] else { panic!("a single write enters one table") };
        Arc::clone(inside)
    }

    /// The version of `table` that was entered.
    pub(crate) fn entered(&self, table: &Table) -> Arc<Table> {
        let entered = self.inside.iter().find(|entered| entered.place == table.place);
        Arc::clone(entered.expect("a transaction enters all of its tables"))
    }

    /// Whether a transaction in progress has the row, which is latched.
    pub(crate) fn is_in_transaction(&self, row: &RowKey) -> bool {
        self.session.registry.has(row)
    }

    /// Reads an item of `table`, which is entered, and what is maintained for it.
    pub(crate) async fn read(
        &mut self,
        table: &Table,
        row: &RowKey,
    ) -> Result<Current<M::Known>, StoreError> {
        let stored = self.guard.read(row).await?.map(Stored::decode).transpose()?;
        let item = stored.as_ref().map(|row| &row.item);
        let known = M::read(&mut self.guard, table, item).await?;
        Ok(Current { stored, known })
    }

    /// The value of a row that is latched, or hangs on one that is.
    pub(crate) async fn value(&mut self, row: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.guard.read(row).await
    }

    /// Adds one item's change. An item that stays as it is adds no writes.
    pub(crate) fn change(
        &mut self,
        (row, table): (&RowKey, &Table),
        current: Current<M::Known>,
        after: Option<Item>,
    ) -> Effect<M::Effect> {
        let (replaced, before) = current.stored.map(|row| (row.stamp, row.item)).unzip();
        if before == after {
            return Effect { before, after, maintained: M::Effect::default() };
        }
        let stamp = self.session.stamps.next(replaced);
        debug_assert!(replaced.is_none_or(|replaced| replaced < stamp), "stamps rise");
        let value = after.as_ref().map(|item| stored::encode(stamp, item));
        let change = Change {
            table,
            row,
            before: before.as_ref(),
            after: after.as_ref(),
            stamp,
            value: value.as_ref(),
            origin: self.origin,
        };
        let maintained = self.maintained.change(&change, current.known, &mut self.writes);
        let sizes = [&before, &after].map(|item| item.as_ref().map(Item::item_bytes));
        self.writes.count(table.place, sizes);
        match value {
            Some(value) => self.writes.put(row.clone(), value),
            None => self.writes.delete(row.clone()),
        }
        Effect { before, after, maintained }
    }

    /// The writes, for those of rows that are no items.
    pub(crate) fn writes(&mut self) -> &mut Writes {
        &mut self.writes
    }

    /// Queues the atom.
    pub(crate) fn submit(mut self) -> Submitted {
        self.maintained.finish(&mut self.writes);
        let id = self.session.stamps.atom_id();
        let (writes, streams) = self.writes.into_parts();
        let ticket = store::Guard::submit(self.guard, id, writes);
        drop(self.inside);
        Submitted { ticket, id, _in_progress: self.in_progress, streams }
    }
}
