//! What is on its way: an index, or the entries of time to live.

use std::sync::Arc;

use model::{IndexKind, IndexPhase, Item, TableDefinition};
use store::{Guard, RowKey, RowRange, Space, StoreError};

use crate::expiry::Expiry;
use crate::index_changes::Entry;
use crate::stored::Stored;
use crate::table::{Index, Table};
use crate::writing::Commit;

/// Names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Goal {
    /// A global index. Its space tells it from another one of that name.
    Index {
        /// Its name.
        name: String,
        /// Where its rows lie.
        space: Space,
    },
    /// Time to live by this attribute.
    Expiry(String),
}

/// What the writers of a version maintain for it.
#[derive(Debug)]
pub(super) enum Maintained {
    Index(Arc<Index>),
    Expiry(Expiry),
}

impl Goal {
    /// Everything that can be on its way in a table, and how far it is.
    pub(super) fn all(table: &Table) -> impl Iterator<Item = (Self, IndexPhase)> {
        let definition = &*table.definition;
        let global = definition.indexes.iter().filter(|index| index.kind == IndexKind::Global);
        let indexes = global.zip(&table.spaces.global_indexes).map(|(index, space)| {
            (Self::Index { name: index.name.clone(), space: *space }, index.phase)
        });
        let expiry = definition.expiry_attribute.iter();
        let expiry = expiry.map(|name| (Self::Expiry(name.clone()), definition.expiry_phase));
        indexes.chain(expiry)
    }

    /// Notes how far it is, in the definition of a table that has it.
    pub(super) fn set_phase(&self, definition: &mut TableDefinition, phase: IndexPhase) {
        match self {
            Self::Index { name, .. } => {
                let mut indexes = definition.indexes.iter_mut();
                let known = indexes.find(|known| known.name == *name);
                known.expect("the version in use has it").phase = phase;
            }
            Self::Expiry(_) => definition.expiry_phase = phase,
        }
    }

    /// Takes it out of a definition.
    pub(super) fn forget(&self, definition: &mut TableDefinition) {
        let Self::Index { name, .. } = self else {
            definition.expiry_attribute = None;
            definition.expiry_phase = IndexPhase::Active;
            return;
        };
        definition.indexes.retain(|known| known.name != *name);
        // The attributes that only its key named go with it, as on AWS (ack-api-quirks,
        // DDB-TABLE-151, 2026-11).
        let keys = definition.indexes.iter().map(|index| &index.key).chain([&definition.key]);
        let used: Vec<String> = keys.flat_map(crate::table::key_names).map(str::to_owned).collect();
        definition.attributes.retain(|attribute| used.contains(&attribute.name));
    }

    /// Its rows, where they lie in the table's own space.
    pub(super) fn rows_in(&self, table: &Table) -> Option<RowRange> {
        match self {
            Self::Index { .. } => None,
            Self::Expiry(_) => Some(Expiry::place_in(table.spaces.table).hashes(0, 0, None)),
        }
    }

    /// What the writers of this version maintain for it, if they do.
    pub(super) fn maintained_by(&self, table: &Table) -> Option<Maintained> {
        match self {
            Self::Index { space, .. } => {
                let index = table.indexes.iter().find(|index| index.place.space == *space);
                index.cloned().map(Maintained::Index)
            }
            Self::Expiry(attribute) => {
                let expiry = table.expiry.as_ref().filter(|expiry| expiry.is_by(attribute));
                expiry.cloned().map(Maintained::Expiry)
            }
        }
    }
}

impl Maintained {
    /// Whether an item has something there.
    pub(super) fn takes(&self, table: &Table, row: &RowKey, item: &Item) -> bool {
        match self {
            Self::Index(index) => Entry::of(table, index, item).is_some(),
            Self::Expiry(expiry) => expiry.entry(row, item).is_some(),
        }
    }

    /// Adds what an item has there, unless it is there already. `guard` has the item's latch.
    pub(super) async fn add<G: Guard>(
        &self,
        (table, row): (&Table, &RowKey),
        guard: &mut G,
        commit: &mut Commit,
    ) -> Result<(), StoreError> {
        // The item may have gone since.
        let Some(value) = guard.read(row).await? else { return Ok(()) };
        let stored = Stored::decode(value.clone())?;
        match self {
            Self::Index(index) => {
                if let Some(entry) = Entry::of(table, index, &stored.item)
                    && guard.read(&entry.row).await?.is_none()
                {
                    commit.add_entry(index, entry, stored.stamp, &value);
                }
            }
            Self::Expiry(expiry) => {
                if let Some(entry) = expiry.entry(row, &stored.item) {
                    commit.put(entry, bytes::Bytes::new());
                }
            }
        }
        Ok(())
    }
}
