//! The row writes of one commit: item rows, index rows and counters.

use std::sync::Arc;

use model::Item;
use store::{RowKey, Write};

use crate::index_changes::{IndexChange, index_changes};
use crate::keys::Place;
use crate::metering::Written;
use crate::mutation::Action;
use crate::stamp::StampSource;
use crate::stored::{self, Stored};
use crate::table::Table;

/// Writes that will become durable together.
#[derive(Debug, Default)]
pub(crate) struct Commit {
    writes: Vec<Write>,
}

/// What a change did to its item and to the indexes.
#[derive(Debug, Default)]
pub(crate) struct Effect {
    pub(crate) before: Option<Item>,
    pub(crate) after: Option<Item>,
    pub(crate) index_changes: Vec<IndexChange>,
}

impl Commit {
    /// Adds one item's change. An item that stays as it is adds no writes.
    pub(crate) fn add(
        &mut self,
        action: &Action,
        before: Option<Stored>,
        after: Option<Item>,
        stamps: &StampSource,
    ) -> Effect {
        let (stamp, before) = before.map(|row| (row.stamp, row.item)).unzip();
        if before == after {
            return Effect { before, after, index_changes: Vec::new() };
        }
        let stamp = stamps.next(stamp);
        let table: &Arc<Table> = &action.table;
        let value = after.as_ref().map(|item| stored::encode(stamp, item));
        let index_changes = index_changes(table, before.as_ref(), after.as_ref());
        for change in &index_changes {
            change.write(stamp, value.as_ref(), &mut self.writes);
            let sizes = [&change.before, &change.after]
                .map(|entry| entry.as_ref().map(|entry| entry.item_bytes));
            self.count(table.indexes[change.index].place, sizes);
        }
        let key = action.row.clone();
        self.writes.push(match value {
            Some(value) => Write::Put { key, value },
            None => Write::Delete { key },
        });
        let sizes = [&before, &after].map(|item| item.as_ref().map(Item::item_bytes));
        self.count(table.place, sizes);
        Effect { before, after, index_changes }
    }

    /// Adds a write of a row that is no item.
    pub(crate) fn put(&mut self, key: RowKey, value: bytes::Bytes) {
        self.writes.push(Write::Put { key, value });
    }

    /// The writes, in order.
    pub(crate) fn into_writes(self) -> Vec<Write> {
        self.writes
    }

    /// Counts a row's coming, going or changing size.
    fn count(&mut self, place: Place, [before, after]: [Option<usize>; 2]) {
        let rows = i64::from(after.is_some()) - i64::from(before.is_some());
        let bytes = signed(after.unwrap_or(0)) - signed(before.unwrap_or(0));
        if rows != 0 || bytes != 0 {
            self.writes.push(Write::Add { key: place.counters(), amounts: [rows, bytes] });
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
