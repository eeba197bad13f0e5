//! DescribeTable.
//!
//! Checks: table exists.

use std::sync::Arc;

use model::{ApiError, Scope, TableDescription, TableRef, TableStatus};
use store::{Counters, Store};

use crate::Db;
use crate::error::{named_table_missing, store_failed};
use crate::keys::Place;
use crate::table::Table;

impl<S: Store> Db<S> {
    /// Describes a table as of now, its exact counts included.
    pub async fn describe_table(
        &self,
        scope: &Scope,
        table: TableRef,
    ) -> Result<TableDescription, ApiError> {
        // Find.
        let found = self.catalog.find(scope, &table);
        let found = found.ok_or_else(|| named_table_missing(table.name()))?;

        // Act and answer.
        self.describe(&found, TableStatus::Active).await
    }

    /// Describes a table in a given state.
    pub(crate) async fn describe(
        &self,
        table: &Table,
        status: TableStatus,
    ) -> Result<TableDescription, ApiError> {
        let (item_count, size_bytes) = self.counted(table.place).await?;
        let mut index_sizes = Vec::with_capacity(table.indexes.len());
        for index in &table.indexes {
            index_sizes.push(self.counted(index.place).await?);
        }
        Ok(TableDescription {
            definition: Arc::clone(&table.definition),
            arn: table.arn.clone(),
            status,
            item_count,
            size_bytes,
            index_sizes,
        })
    }

    /// Rows and their item bytes at a place.
    pub(crate) async fn counted(&self, place: Place) -> Result<(u64, u64), ApiError> {
        let value = self.store.get(&place.counters()).await.map_err(store_failed)?;
        let Counters([rows, bytes]) = Counters::decode(value.as_deref()).map_err(store_failed)?;
        Ok((rows.max(0).unsigned_abs(), bytes.max(0).unsigned_abs()))
    }
}
