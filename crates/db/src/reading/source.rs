//! What is read: a table, or one of its indexes.

use model::{ApiError, IndexKind, Item, KeySchema, MapRef};
use store::RowKey;

use crate::error::{index_missing, validation};
use crate::layout::keys::Place;
use crate::schema::{Index, Projected, Table, key_names};

/// A table or one of its indexes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) table: &'a Table,
    pub(crate) index: Option<&'a Index>,
}

impl<'a> Source<'a> {
    /// Finds the index and checks that the read may be as consistent as asked.
    pub(crate) fn find(
        table: &'a Table,
        index: Option<&str>,
        consistent: bool,
    ) -> Result<Self, ApiError> {
        let index = index.map(|name| table.index(name).ok_or_else(|| index_missing(name)));
        let source = Self { table, index: index.transpose()? };
        if consistent && source.is_global() {
            return Err(validation(
                "Consistent reads are not supported on global secondary indexes",
            ));
        }
        if let Some(index) = source.index.filter(|index| index.definition.is_incomplete()) {
            // Words: public bug reports and code that waits for them to pass, 2026-11.
            return Err(validation(format!(
                "Cannot read from backfilling global secondary index: {}",
                index.definition.name
            )));
        }
        Ok(source)
    }

    /// Checks, after the read, that no drop was removing rows meanwhile.
    pub(crate) async fn check_still_there(&self) -> Result<(), ApiError> {
        match self.index {
            None => self.table.check_still_there().await,
            Some(index) => self.table.check_index_still_there(index).await,
        }
    }

    pub(crate) fn is_global(&self) -> bool {
        self.index.is_some_and(|index| index.definition.kind == IndexKind::Global)
    }

    /// The key that orders what is read.
    pub(crate) fn key(&self) -> &'a KeySchema {
        self.index.map_or(self.table.key(), |index| &index.definition.key)
    }

    pub(crate) fn place(&self) -> Place {
        self.index.map_or(self.table.place, |index| index.place)
    }

    /// Whether its rows carry the attribute.
    pub(crate) fn has(&self, attribute: &str) -> bool {
        self.index.is_none_or(|index| index.projected.has(attribute))
    }

    /// Whether its rows carry whole items.
    pub(crate) fn has_everything(&self) -> bool {
        self.index.is_none_or(|index| index.projected == Projected::All)
    }

    /// Whether the attribute is part of a position: of this key, or of the table's.
    pub(crate) fn positions_by(&self, attribute: &str) -> bool {
        let keys = [self.key(), self.table.key()];
        keys.into_iter().flat_map(key_names).any(|name| name == attribute)
    }

    /// The position of an item, as `LastEvaluatedKey` shows it.
    pub(crate) fn position_of(&self, item: &Item) -> Item {
        item.retain(|name| self.positions_by(name))
    }

    /// Names the row of a position whose attributes were checked.
    pub(crate) fn row_of(&self, position: MapRef<'_>) -> Option<RowKey> {
        match self.index {
            None => self.place().item(self.key(), position),
            Some(_) => self.place().index(self.key(), self.table.key(), position),
        }
    }
}
