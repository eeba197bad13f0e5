//! DeleteTable.
//!
//! Checks: table exists → it is not protected → none of its indexes comes or goes.

use model::api::{DeleteTableInput, DeleteTableOutput, TableDescription, TableStatus};
use model::{ApiError, Scope};
use store::Store;

use crate::database::Db;

impl<S: Store> Db<S> {
    /// Removes a table and describes it as DELETING. It is gone when this answers.
    pub async fn delete_table(
        &self,
        scope: &Scope,
        input: DeleteTableInput,
    ) -> Result<DeleteTableOutput, ApiError> {
        // Find.
        let table = input.table_name;
        let found = self.named_table(scope, &table)?;
        let description = self.describe(&found, &found.definition).await?;

        // Act.
        self.drop_table(scope, table).await?;
        // Answer.
        Ok(DeleteTableOutput { table_description: Some(on_its_way_out(description)) })
    }
}

/// Of a table being deleted little is left to show (API reference, DeleteTable, sample response;
/// ScyllaDB test_table.py, test_delete_table_description; 2026-11).
fn on_its_way_out(table: TableDescription) -> TableDescription {
    TableDescription {
        billing_mode_summary: table.billing_mode_summary,
        deletion_protection_enabled: table.deletion_protection_enabled,
        item_count: table.item_count,
        provisioned_throughput: table.provisioned_throughput,
        table_arn: table.table_arn,
        table_id: table.table_id,
        table_name: table.table_name,
        table_size_bytes: table.table_size_bytes,
        table_status: Some(TableStatus::Deleting),
        ..TableDescription::default()
    }
}
