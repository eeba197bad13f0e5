//! DescribeTable.
//!
//! Checks: table exists.

use std::sync::Arc;

use model::api::{DescribeTableInput, DescribeTableOutput};
use model::{
    ApiError, IndexDescription, IndexPhase, IndexStatus, Scope, TableDescription, TableStatus,
};
use store::{Consistency, Counters, Store};

use crate::database::Db;
use crate::error::store_failed;
use crate::layout::keys::Place;
use crate::schema::{StoredStatus, Table};

impl<S: Store> Db<S> {
    /// Describes a table as of now, its exact counts included.
    pub async fn describe_table(
        &self,
        scope: &Scope,
        input: DescribeTableInput,
    ) -> Result<DescribeTableOutput, ApiError> {
        // Find.
        let table = input.table_name;
        let found = self.named_table(scope, &table)?;

        // Act and answer.
        Ok(DescribeTableOutput { table: Some(self.describe(&found).await?) })
    }

    /// Describes a table as it is.
    pub(crate) async fn describe(&self, table: &Table) -> Result<TableDescription, ApiError> {
        let (item_count, size_bytes) = self.counted(table.place).await?;
        let mut indexes = Vec::with_capacity(table.definition.indexes.len());
        for definition in &table.definition.indexes {
            let (item_count, size_bytes) = match table.index(&definition.name) {
                Some(index) => self.counted(index.place).await?,
                None => (0, 0),
            };
            let status = index_status(definition.phase);
            indexes.push(IndexDescription { status, item_count, size_bytes });
        }
        Ok(TableDescription {
            definition: Arc::clone(&table.definition),
            arn: table.arn.clone(),
            status: table_status(table),
            item_count,
            size_bytes,
            indexes,
            described_at_ms: self.now_ms(),
        })
    }

    /// Rows and their item bytes at a place.
    pub(crate) async fn counted(&self, place: Place) -> Result<(u64, u64), ApiError> {
        let value =
            self.store().get(&place.counters(), Consistency::Strong).await.map_err(store_failed)?;
        let Counters(sums) = Counters::decode(value.as_deref()).map_err(store_failed)?;
        let [rows, bytes] = sums.map(|sum| u64::try_from(sum).unwrap_or(0));
        if sums.iter().any(|sum| *sum < 0) {
            // Damage may do that, so that it is no assertion; the counters are wrong from here on.
            tracing::error!(?place, ?sums, "a table's counters have fallen below zero");
        }
        Ok((rows, bytes))
    }
}

/// A table is active again while the index that was added to it is being backfilled
/// (ack-api-quirks, DDB-TABLE-148, 2026-11).
fn table_status(table: &Table) -> TableStatus {
    let changing = |phase| matches!(phase, IndexPhase::Allocating | IndexPhase::Deleting);
    match table.status {
        StoredStatus::Creating => TableStatus::Creating,
        StoredStatus::Active
            if table.definition.indexes.iter().any(|index| changing(index.phase)) =>
        {
            TableStatus::Updating
        }
        StoredStatus::Active => TableStatus::Active,
    }
}

fn index_status(phase: IndexPhase) -> IndexStatus {
    match phase {
        IndexPhase::Allocating => IndexStatus::Allocating,
        IndexPhase::Backfilling => IndexStatus::Backfilling,
        IndexPhase::Active => IndexStatus::Active,
        IndexPhase::Deleting => IndexStatus::Deleting,
    }
}
