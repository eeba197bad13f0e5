//! What can be on its way into a table or out of it.

use std::fmt::Debug;

use model::{GoalPhase, Item, TableDefinition};
use store::{RowKey, RowRange, Store, StoreError};

use crate::catalog::Backfill;
use crate::maintained::All;
use crate::schema::Table;
use crate::session::Atom;

/// A thing that writers maintain for the items of a table, and that comes and goes.
pub(super) trait Goal: Clone + PartialEq + Debug + Send + Sync + 'static {
    /// What the writers of a version maintain for it.
    type Kept: Send + Sync;

    /// What a job calls it.
    fn backfill(&self) -> Backfill;

    /// Every such goal of a table, and how far it is.
    fn all(table: &Table) -> Vec<(Self, GoalPhase)>;

    /// Notes how far it is, in the definition of a table that has it.
    fn set_phase(&self, definition: &mut TableDefinition, phase: GoalPhase);

    /// Takes it out of a definition.
    fn forget(&self, definition: &mut TableDefinition);

    /// Its rows, where they lie in the table's own space.
    fn rows_in(&self, table: &Table) -> Option<RowRange>;

    /// What the writers of this version maintain for it, if they do.
    fn kept_by(&self, table: &Table) -> Option<Self::Kept>;

    /// Whether an item has something there.
    fn takes(kept: &Self::Kept, table: &Table, row: &RowKey, item: &Item) -> bool;

    /// Adds what an item has there, unless it is there already. The atom has the item's latch.
    fn add<S: Store>(
        kept: &Self::Kept,
        item: (&Table, &RowKey),
        atom: &mut Atom<'_, S, All>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
