//! What a change of an item changes in the table's indexes.
//!
//! A pure function of the item before and after. A row whose key and carried attributes stay the
//! same is not touched, is not paid for, and keeps its stamp.

use std::sync::Arc;

use bytes::Bytes;
use model::Item;
use store::{Guard, RowKey, Space, StoreError};

use crate::layout::stamp::Stamp;
use crate::layout::stored;
use crate::schema::{Index, Table};
use crate::session::{Change, Maintained, Writes};

/// The change of one index. At least one side is present.
#[derive(Debug)]
pub(crate) struct IndexChange {
    pub(crate) index: Arc<Index>,
    pub(crate) before: Option<Entry>,
    pub(crate) after: Option<Entry>,
}

/// An item as an index has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) row: RowKey,
    /// What the index carries; `None` when that is the whole item.
    part: Option<Item>,
    /// DynamoDB's size of what it carries.
    pub(crate) item_bytes: usize,
}

/// The indexes that an item is missing in, because their backfill has not come to it yet.
#[derive(Debug, Default)]
pub(crate) struct Missing(Vec<Space>);

/// Keeps the entries of all indexes that writers of the table maintain.
#[derive(Debug, Default)]
pub(super) struct Entries;

impl Maintained for Entries {
    type Known = Missing;
    type Effect = Vec<IndexChange>;

    async fn read<G: Guard>(
        guard: &mut G,
        table: &Table,
        item: Option<&Item>,
    ) -> Result<Missing, StoreError> {
        Missing::find(guard, table, item).await
    }

    fn change(
        &mut self,
        change: &Change<'_>,
        missing: Missing,
        writes: &mut Writes,
    ) -> Vec<IndexChange> {
        let changes = index_changes(change.table, change.before, change.after, &missing);
        for entry in &changes {
            entry.write(change.stamp, change.value, writes);
        }
        changes
    }

    fn finish(self, _: &mut Writes) {}
}

impl Missing {
    /// Looks for the item's entry in every index that is being backfilled. The latch of its row,
    /// which `guard` holds, stands for its entries too.
    async fn find<G: Guard>(
        guard: &mut G,
        table: &Table,
        item: Option<&Item>,
    ) -> Result<Self, StoreError> {
        let mut missing = Self::default();
        let Some(item) = item else { return Ok(missing) };
        for index in table.indexes.iter().filter(|index| index.definition.is_incomplete()) {
            let Some(entry) = Entry::of(table, index, item) else { continue };
            if guard.read(&entry.row).await?.is_none() {
                missing.0.push(index.place.space);
            }
        }
        Ok(missing)
    }
}

/// Compares an item before and after a write.
pub(super) fn index_changes(
    table: &Table,
    before: Option<&Item>,
    after: Option<&Item>,
    missing: &Missing,
) -> Vec<IndexChange> {
    let mut changes = Vec::new();
    for index in &table.indexes {
        let before = before.filter(|_| !missing.0.contains(&index.place.space));
        let old = before.and_then(|item| Entry::of(table, index, item));
        let new = after.and_then(|item| Entry::of(table, index, item));
        let same = match (&old, &new) {
            (None, None) => true,
            (Some(old), Some(new)) => {
                old.row == new.row && old.carried(before) == new.carried(after)
            }
            _ => false,
        };
        if !same {
            changes.push(IndexChange { index: Arc::clone(index), before: old, after: new });
        }
    }
    changes
}

impl IndexChange {
    /// Adds the row writes. `whole` is the value of the item's row behind the atom.
    pub(super) fn write(&self, stamp: Stamp, whole: Option<&Bytes>, writes: &mut Writes) {
        let kept = self.after.as_ref().map(|entry| &entry.row);
        if let Some(before) = &self.before
            && Some(&before.row) != kept
        {
            writes.delete(before.row.clone());
        }
        if let Some(after) = &self.after {
            let value = match (&after.part, whole) {
                (Some(part), _) => stored::encode(stamp, part),
                (None, whole) => whole.expect("an entry after the write has a base row").clone(),
            };
            writes.put(after.row.clone(), value);
        }
        let sizes = [&self.before, &self.after];
        let sizes = sizes.map(|entry| entry.as_ref().map(|entry| entry.item_bytes));
        writes.count(self.index.place, sizes);
    }
}

/// Adds the entry that an item lacks in an index. `whole` is the value of the item's row, which
/// stays as it is.
pub(crate) fn add_missing(
    index: &Arc<Index>,
    entry: Entry,
    (stamp, whole): (Stamp, &Bytes),
    writes: &mut Writes,
) {
    let change = IndexChange { index: Arc::clone(index), before: None, after: Some(entry) };
    change.write(stamp, Some(whole), writes);
}

impl Entry {
    /// What an index has of an item, if anything.
    pub(crate) fn of(table: &Table, index: &Index, item: &Item) -> Option<Self> {
        let row = index.place.index(&index.definition.key, table.key(), item.attributes())?;
        let part = index.projected.part_of(item);
        let item_bytes = part.as_ref().unwrap_or(item).item_bytes();
        Some(Self { row, part, item_bytes })
    }

    fn carried<'a>(&'a self, whole: Option<&'a Item>) -> Option<&'a Item> {
        self.part.as_ref().or(whole)
    }
}
