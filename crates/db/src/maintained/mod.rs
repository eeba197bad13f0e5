//! Everything that is kept in step with the items of a table, in their own atoms.
//!
//! What it is: [`All`] is what each atom of items carries: index entries, expiry entries and change
//! records, each a [`Maintained`] of its own. What comes later (a recovery log) is one more field.
//!
//! What it is not: it does not bring a new index or time to live to the items that are there
//! already; `leaders` do that, with the same entries.
//!
//! # Invariants
//! - Index rows and expiry entries change in the atom of their item's row, under its latch, and
//!   carry its stamp.
//! - A record is appended to a shard that is open and durable when the atom is queued.

mod entries;
mod expiries;
mod record;
mod records;

use model::Item;
use store::{Guard, StoreError};

pub(crate) use entries::{Entry, IndexChange, add_missing};
pub(crate) use record::{decode as decode_record, ends_atom};

use crate::schema::Table;
use crate::session::{self, Change, Maintained, Writes};
use entries::{Entries, Missing};
use expiries::Expiries;
use records::Records;

/// What a write did to its item and to the indexes.
pub(crate) type Effect = session::Effect<Vec<IndexChange>>;

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct All {
    entries: Entries,
    expiries: Expiries,
    records: Records,
}

impl Maintained for All {
    type Known = Missing;
    /// The changes of indexes, which cost.
    type Effect = Vec<IndexChange>;

    async fn read<G: Guard>(
        guard: &mut G,
        table: &Table,
        item: Option<&Item>,
    ) -> Result<Missing, StoreError> {
        Entries::read(guard, table, item).await
    }

    fn change(
        &mut self,
        change: &Change<'_>,
        missing: Missing,
        writes: &mut Writes,
    ) -> Vec<IndexChange> {
        self.expiries.change(change, (), writes);
        self.records.change(change, (), writes);
        self.entries.change(change, missing, writes)
    }

    fn finish(self, writes: &mut Writes) {
        self.entries.finish(writes);
        self.expiries.finish(writes);
        self.records.finish(writes);
    }
}
