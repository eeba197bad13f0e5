//! Tables and items, out.

use std::ops::ControlFlow;
use std::sync::Arc;

use model::{ApiError, MapRef, Scope, TableDefinition, TableRef};
use store::{Consistency, Direction, Row, Store};

use crate::database::Db;
use crate::error::store_failed;
use crate::layout::stored;

/// A table with everything but its items.
#[derive(Debug, Clone)]
pub struct StoredTable {
    /// Where it is served.
    pub scope: Scope,
    /// Its settings.
    pub definition: Arc<TableDefinition>,
    /// How many items it has.
    pub items: u64,
}

/// An item as a visitor sees it.
#[derive(Debug, Clone, Copy)]
pub struct VisitedItem<'a> {
    /// Its attributes.
    pub attributes: MapRef<'a>,
    /// DynamoDB's size of it.
    pub item_bytes: usize,
}

impl<S: Store> Db<S> {
    /// Every table in use of every scope, by account, region and name.
    ///
    /// # Errors
    /// [`ApiError::InternalServerError`] when the store fails; the log says why.
    pub async fn stored_tables(&self) -> Result<Vec<StoredTable>, ApiError> {
        let mut stored = Vec::new();
        for (scope, table) in self.catalog().in_use() {
            let (items, _) = self.counted(table.place).await?;
            let definition = Arc::clone(&table.definition);
            stored.push(StoredTable { scope, definition, items });
        }
        Ok(stored)
    }

    /// Shows every item of a table, as of one moment and in the order of a Scan, until `visit`
    /// breaks.
    ///
    /// # Errors
    /// [`ApiError::ResourceNotFound`], and [`ApiError::InternalServerError`] when the store fails.
    pub async fn visit_items(
        &self,
        scope: &Scope,
        table: &TableRef,
        mut visit: impl FnMut(VisitedItem<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), ApiError> {
        let found = self.named_table(scope, table)?;
        found.check_in_use()?;
        let rows = found.place.hashes(0, u64::MAX, None);
        let visit = |row: Row<'_>| {
            let bytes = stored::item_bytes(row.value);
            let (attributes, item_bytes) = (MapRef::of_item(bytes), model::item_bytes(bytes));
            visit(VisitedItem { attributes, item_bytes })
        };
        let read = self.store().range(&rows, Direction::Forward, Consistency::Strong, visit).await;
        read.map_err(store_failed)?;
        found.check_still_there().await
    }
}
