//! Time to live that comes to a table or goes from it.

use bytes::Bytes;
use model::{GoalPhase, Item, TableDefinition};
use store::{RowKey, RowRange, Store, StoreError};

use crate::catalog::Backfill;
use crate::layout::stored::Stored;
use crate::leaders::goal::Goal;
use crate::maintained::All;
use crate::schema::Table;
use crate::schema::expiry::Expiry;
use crate::session::Atom;

/// Time to live by an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::leaders) struct ExpiryGoal(String);

impl Goal for ExpiryGoal {
    type Kept = Expiry;

    fn backfill(&self) -> Backfill {
        Backfill::Expiry
    }

    fn all(table: &Table) -> Vec<(Self, GoalPhase)> {
        let definition = &table.definition;
        let attribute = definition.expiry_attribute.iter();
        attribute.map(|name| (Self(name.clone()), definition.expiry_phase)).collect()
    }

    fn set_phase(&self, definition: &mut TableDefinition, phase: GoalPhase) {
        definition.expiry_phase = phase;
    }

    fn forget(&self, definition: &mut TableDefinition) {
        definition.expiry_attribute = None;
        definition.expiry_phase = GoalPhase::Active;
    }

    fn rows_in(&self, table: &Table) -> Option<RowRange> {
        Some(Expiry::place_in(table.spaces.table).hashes(0, 0, None))
    }

    fn kept_by(&self, table: &Table) -> Option<Expiry> {
        table.expiry.as_ref().filter(|expiry| expiry.is_by(&self.0)).cloned()
    }

    fn takes(expiry: &Expiry, _: &Table, row: &RowKey, item: &Item) -> bool {
        expiry.entry(row, item).is_some()
    }

    async fn add<S: Store>(
        expiry: &Expiry,
        (_, row): (&Table, &RowKey),
        atom: &mut Atom<'_, S, All>,
    ) -> Result<(), StoreError> {
        // The item may have gone since.
        let Some(value) = atom.value(row).await? else { return Ok(()) };
        if let Some(entry) = expiry.entry(row, &Stored::decode(value)?.item) {
            atom.writes().put(entry, Bytes::new());
        }
        Ok(())
    }
}
