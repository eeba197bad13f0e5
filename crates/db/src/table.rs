//! A table in use: its declaration, and where its rows lie.

use std::sync::Arc;

use model::{
    ApiError, IndexDefinition, IndexKind, IndexProjection, Item, KeySchema, TableDefinition,
};
use store::Space;

use crate::error::table_missing;
use crate::gate::Gate;
use crate::keys::{Place, kind};

/// A table that requests run on.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) definition: Arc<TableDefinition>,
    pub(crate) arn: String,
    pub(crate) place: Place,
    pub(crate) indexes: Vec<Index>,
    /// Writers are inside; a drop closes it. It stays the same when the definition is changed.
    pub(crate) gate: Arc<Gate>,
}

/// An index in use.
#[derive(Debug, Clone)]
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

/// The spaces of a table: its own, and one per global index in the order declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spaces {
    pub(crate) table: Space,
    pub(crate) global_indexes: Vec<Space>,
}

impl Table {
    pub(crate) fn new(definition: TableDefinition, arn: String, spaces: &Spaces) -> Self {
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
            Index { definition: index.clone(), place, projected }
        });
        let indexes = indexes.collect();
        let place = Place { space: spaces.table, kind: kind::ITEM };
        Self { definition: Arc::new(definition), arn, place, indexes, gate: Arc::default() }
    }

    /// The same table with a definition that differs in neither key nor indexes.
    pub(crate) fn amended(&self, definition: TableDefinition) -> Self {
        Self {
            definition: Arc::new(definition),
            arn: self.arn.clone(),
            place: self.place,
            indexes: self.indexes.clone(),
            gate: Arc::clone(&self.gate),
        }
    }

    /// Checks, after a read, that no drop was removing rows meanwhile.
    pub(crate) fn check_still_there(&self) -> Result<(), ApiError> {
        if self.gate.is_closed() { Err(table_missing()) } else { Ok(()) }
    }

    /// The primary key.
    pub(crate) fn key(&self) -> &KeySchema {
        &self.definition.key
    }

    /// Whether writes report item collections: they exist where local indexes do.
    pub(crate) fn has_item_collections(&self) -> bool {
        self.indexes.iter().any(|index| index.definition.kind == IndexKind::Local)
    }

    /// The index of that name.
    pub(crate) fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.definition.name == name)
    }

    /// Every space its rows lie in.
    pub(crate) fn spaces(&self) -> Vec<Space> {
        let indexes = self.indexes.iter().map(|index| index.place.space);
        let mut spaces: Vec<Space> = indexes.chain([self.place.space]).collect();
        spaces.sort_unstable();
        spaces.dedup();
        spaces
    }
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
            Self::Names(_) if item.attributes().iter().all(|(name, _)| self.has(name)) => None,
            Self::Names(_) => Some(item.retain(|name| self.has(name))),
        }
    }
}

/// Names of a key's attributes, hash before range.
pub(crate) fn key_names(key: &KeySchema) -> impl Iterator<Item = &str> {
    key.hash.iter().chain(&key.range).map(|element| element.name.as_str())
}
