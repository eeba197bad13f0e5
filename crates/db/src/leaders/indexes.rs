//! Global indexes that come to a table or go from it.

use std::sync::Arc;

use model::{GoalPhase, IndexKind, Item, TableDefinition};
use store::{RowKey, RowRange, Space, Store, StoreError};

use super::goal::Goal;
use crate::catalog::Backfill;
use crate::layout::stored::Stored;
use crate::maintained::{All, Entry, add_missing};
use crate::schema::{Index, Table, key_names};
use crate::session::Atom;

/// A global index. Its space tells it from another one of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexGoal {
    name: String,
    space: Space,
}

impl Goal for IndexGoal {
    type Kept = Arc<Index>;

    fn backfill(&self) -> Backfill {
        Backfill::Index(self.name.clone())
    }

    fn all(table: &Table) -> Vec<(Self, GoalPhase)> {
        let global = table.definition.indexes.iter();
        let global = global.filter(|index| index.kind == IndexKind::Global);
        let indexes = global
            .zip(&table.spaces.global_indexes)
            .map(|(index, space)| (Self { name: index.name.clone(), space: *space }, index.phase));
        indexes.collect()
    }

    fn set_phase(&self, definition: &mut TableDefinition, phase: GoalPhase) {
        let known = definition.indexes.iter_mut().find(|known| known.name == self.name);
        known.expect("the version in use has it").phase = phase;
    }

    fn forget(&self, definition: &mut TableDefinition) {
        definition.indexes.retain(|known| known.name != self.name);
        // The attributes that only its key named go with it, as on AWS (ack-api-quirks,
        // DDB-TABLE-151, 2026-11).
        let keys = definition.indexes.iter().map(|index| &index.key).chain([&definition.key]);
        let used: Vec<String> = keys.flat_map(key_names).map(str::to_owned).collect();
        definition.attributes.retain(|attribute| used.contains(&attribute.name));
    }

    /// They lie in a space of their own.
    fn rows_in(&self, _: &Table) -> Option<RowRange> {
        None
    }

    fn kept_by(&self, table: &Table) -> Option<Arc<Index>> {
        table.indexes.iter().find(|index| index.place.space == self.space).cloned()
    }

    fn takes(index: &Arc<Index>, table: &Table, _: &RowKey, item: &Item) -> bool {
        Entry::of(table, index, item).is_some()
    }

    async fn add<S: Store>(
        index: &Arc<Index>,
        (table, row): (&Table, &RowKey),
        atom: &mut Atom<'_, S, All>,
    ) -> Result<(), StoreError> {
        // The item may have gone since.
        let Some(value) = atom.value(row).await? else { return Ok(()) };
        let stored = Stored::decode(value.clone())?;
        if let Some(entry) = Entry::of(table, index, &stored.item)
            && atom.value(&entry.row).await?.is_none()
        {
            add_missing(index, entry, (stored.stamp, &value), atom.writes());
        }
        Ok(())
    }
}
