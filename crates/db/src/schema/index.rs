//! An index in use: where its rows lie, and what they carry.

use std::sync::Arc;

use model::{IndexDefinition, IndexKind, IndexProjection, Item, KeySchema, TableDefinition};

use super::spaces::Spaces;
use crate::layout::keys::{Place, kind};

/// An index in use.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) definition: IndexDefinition,
    pub(crate) place: Place,
    pub(crate) projected: Projected,
}

/// The attributes an index carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Projected {
    /// Every one.
    All,
    /// These, sorted: the keys of index and table, and what the declaration includes.
    Names(Vec<String>),
}

/// The indexes that writers of a table maintain.
pub(super) fn maintained(definition: &TableDefinition, spaces: &Spaces) -> Vec<Arc<Index>> {
    let mut local_kinds = (kind::LOCAL_INDEX..).map(store::Kind);
    let mut global_spaces = spaces.global_indexes.iter();
    let indexes = definition.indexes.iter().map(|index| {
        let place = match index.kind {
            IndexKind::Local => Place {
                space: spaces.table,
                kind: local_kinds.next().expect("a table has at most five local indexes"),
            },
            IndexKind::Global => Place {
                space: *global_spaces.next().expect("every global index has a space"),
                kind: kind::GLOBAL_INDEX,
            },
        };
        let projected = Projected::of(index, &definition.key);
        Arc::new(Index { definition: index.clone(), place, projected })
    });
    indexes.filter(|index| index.definition.is_maintained()).collect()
}

impl Projected {
    fn of(index: &IndexDefinition, table_key: &KeySchema) -> Self {
        let included = match &index.projection {
            IndexProjection::All => return Self::All,
            IndexProjection::KeysOnly => &[][..],
            IndexProjection::Include(names) => names,
        };
        let keys = key_names(&index.key).chain(key_names(table_key)).map(str::to_owned);
        let mut names: Vec<String> = keys.chain(included.iter().cloned()).collect();
        names.sort_unstable();
        names.dedup();
        Self::Names(names)
    }

    /// Whether the index carries the attribute.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.binary_search_by(|n| n.as_str().cmp(name)).is_ok(),
        }
    }

    /// What of an item the index carries; `None` when that is the whole item.
    pub(crate) fn part_of(&self, item: &Item) -> Option<Item> {
        match self {
            Self::All => None,
            Self::Names(_) if item.attributes().iter().all(|(name, _)| self.has(name.as_str())) => {
                None
            }
            Self::Names(_) => Some(item.retain(|name| self.has(name))),
        }
    }
}

/// Names of a key's attributes, hash before range.
pub(crate) fn key_names(key: &KeySchema) -> impl Iterator<Item = &str> {
    key.hash.iter().chain(&key.range).map(|element| element.name.as_str())
}
