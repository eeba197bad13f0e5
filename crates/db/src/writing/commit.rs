//! The row writes of one commit: item rows, index rows and counters.

use std::sync::Arc;

use model::{ChangeOrigin, Item};
use store::{AtomId, Guard, RowKey, StoreError, Ticket, Write};

use crate::index_changes::{Entry, IndexChange, Missing, index_changes};
use crate::keys::Place;
use crate::metering::Written;
use crate::stamp::{Stamp, StampSource};
use crate::stored::{self, Stored};
use crate::streams::{ChangeLog, Decided};
use crate::table::{Index, Table};

/// Writes that will become durable together.
#[derive(Debug, Default)]
pub(crate) struct Commit {
    writes: Vec<Write>,
    /// What counters grow by: however many items there are, each counter changes once.
    sums: Vec<(RowKey, [i64; 2])>,
    changes: ChangeLog,
}

/// An item as it is, under the latch of its row.
#[derive(Debug)]
pub(crate) struct Current {
    stored: Option<Stored>,
    missing: Missing,
}

/// What a change did to its item and to the indexes.
#[derive(Debug, Default)]
pub(crate) struct Effect {
    pub(crate) before: Option<Item>,
    pub(crate) after: Option<Item>,
    pub(crate) index_changes: Vec<IndexChange>,
}

impl Current {
    /// Reads an item of `table`, and where it is missing.
    pub(crate) async fn read<G: Guard>(
        guard: &mut G,
        table: &Table,
        row: &RowKey,
    ) -> Result<Self, StoreError> {
        let stored = guard.read(row).await?.map(Stored::decode).transpose()?;
        let item = stored.as_ref().map(|row| &row.item);
        let missing = Missing::find(guard, table, item).await?;
        Ok(Self { stored, missing })
    }

    /// The item, if there is one.
    pub(crate) fn item(&self) -> Option<&Item> {
        self.stored.as_ref().map(|row| &row.item)
    }
}

impl Commit {
    /// Adds one item's change. An item that stays as it is adds no writes.
    pub(crate) fn add(
        &mut self,
        (row, table): (&RowKey, &Table),
        current: Current,
        after: Option<Item>,
        stamps: &StampSource,
    ) -> Effect {
        let (stamp, before) = current.stored.map(|row| (row.stamp, row.item)).unzip();
        if before == after {
            return Effect { before, after, index_changes: Vec::new() };
        }
        let stamp = stamps.next(stamp);
        let value = after.as_ref().map(|item| stored::encode(stamp, item));
        let index_changes = index_changes(table, before.as_ref(), after.as_ref(), &current.missing);
        for change in &index_changes {
            change.write(stamp, value.as_ref(), &mut self.writes);
            let sizes = [&change.before, &change.after]
                .map(|entry| entry.as_ref().map(|entry| entry.item_bytes));
            self.count(change.index.place, sizes);
        }
        let key = row.clone();
        self.writes.push(match value {
            Some(value) => Write::Put { key, value },
            None => Write::Delete { key },
        });
        let sizes = [&before, &after].map(|item| item.as_ref().map(Item::item_bytes));
        self.count(table.place, sizes);
        let sides = [before.as_ref(), after.as_ref()];
        if let Some(expiry) = &table.expiry {
            expiry.write(row, sides, &mut self.writes);
        }
        self.changes.note(table, Decided { row, sides, stamp });
        Effect { before, after, index_changes }
    }

    /// A commit of changes that `origin` makes.
    pub(crate) fn by(origin: ChangeOrigin) -> Self {
        Self { changes: ChangeLog::by(origin), ..Self::default() }
    }

    /// Adds an entry that an index lacks. `whole` is the value of the item's row, which stays.
    pub(crate) fn add_entry(
        &mut self,
        index: &Arc<Index>,
        entry: Entry,
        stamp: Stamp,
        whole: &bytes::Bytes,
    ) {
        let item_bytes = entry.item_bytes;
        let change = IndexChange { index: Arc::clone(index), before: None, after: Some(entry) };
        change.write(stamp, Some(whole), &mut self.writes);
        self.count(index.place, [None, Some(item_bytes)]);
    }

    /// Adds a write of a row that is no item.
    pub(crate) fn put(&mut self, key: RowKey, value: bytes::Bytes) {
        self.writes.push(Write::Put { key, value });
    }

    /// Removes a row that is no item.
    pub(crate) fn delete(&mut self, key: RowKey) {
        self.writes.push(Write::Delete { key });
    }

    /// Queues the writes, and the records of what changed.
    pub(crate) async fn submit<G: Guard>(mut self, guard: G, id: AtomId) -> Ticket {
        let changes = std::mem::take(&mut self.changes);
        changes.submit(guard, id, self.into_writes()).await
    }

    /// The writes of a commit that changed no item, of which streams tell nothing.
    pub(crate) fn into_writes(mut self) -> Vec<Write> {
        let sums = self.sums.into_iter().filter(|(_, amounts)| *amounts != [0, 0]);
        let sums = sums.map(|(key, amounts)| Write::Add { key, amounts });
        self.writes.extend(sums);
        self.writes
    }

    /// Counts a row's coming, going or changing size.
    fn count(&mut self, place: Place, [before, after]: [Option<usize>; 2]) {
        let rows = i64::from(after.is_some()) - i64::from(before.is_some());
        let bytes = signed(after.unwrap_or(0)) - signed(before.unwrap_or(0));
        if rows == 0 && bytes == 0 {
            return;
        }
        let key = place.counters();
        match self.sums.iter_mut().find(|(counted, _)| *counted == key) {
            Some((_, sum)) => *sum = [sum[0] + rows, sum[1] + bytes],
            None => self.sums.push((key, [rows, bytes])),
        }
    }
}

impl Effect {
    /// What its price depends on.
    pub(crate) fn written(&self) -> Written<'_> {
        Written {
            before: self.before.as_ref(),
            after: self.after.as_ref(),
            index_changes: &self.index_changes,
        }
    }
}

fn signed(item_bytes: usize) -> i64 {
    i64::try_from(item_bytes).expect("an item is far smaller")
}
