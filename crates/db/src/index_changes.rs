//! What a change of an item changes in the table's indexes.
//!
//! A pure function of the item before and after. A row whose key and carried attributes stay the
//! same is not touched, is not paid for, and keeps its stamp.

use std::sync::Arc;

use bytes::Bytes;
use model::Item;
use store::{Guard, RowKey, Space, StoreError, Write};

use crate::keys::Attributes;
use crate::stamp::Stamp;
use crate::stored;
use crate::table::{Index, Table};

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

impl Missing {
    /// Looks for the item's entry in every index that is being backfilled. The latch of its row,
    /// which `guard` holds, stands for its entries too.
    pub(crate) async fn find<G: Guard>(
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
pub(crate) fn index_changes(
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
    /// Appends the row writes. `whole` is the base row's new value.
    pub(crate) fn write(&self, stamp: Stamp, whole: Option<&Bytes>, writes: &mut Vec<Write>) {
        let kept = self.after.as_ref().map(|entry| &entry.row);
        if let Some(before) = &self.before
            && Some(&before.row) != kept
        {
            writes.push(Write::Delete { key: before.row.clone() });
        }
        if let Some(after) = &self.after {
            let value = match (&after.part, whole) {
                (Some(part), _) => stored::encode(stamp, part),
                (None, whole) => whole.expect("an entry after the write has a base row").clone(),
            };
            writes.push(Write::Put { key: after.row.clone(), value });
        }
    }
}

impl Entry {
    /// What an index has of an item, if anything.
    pub(crate) fn of(table: &Table, index: &Index, item: &Item) -> Option<Self> {
        let attributes = item.attributes();
        let row = index.place.index(
            &index.definition.key,
            table.key(),
            Attributes::Stored(attributes),
        )?;
        let part = index.projected.part_of(item);
        let item_bytes = part.as_ref().unwrap_or(item).item_bytes();
        Some(Self { row, part, item_bytes })
    }

    fn carried<'a>(&'a self, whole: Option<&'a Item>) -> Option<&'a Item> {
        self.part.as_ref().or(whole)
    }
}
