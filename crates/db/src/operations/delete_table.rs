//! DeleteTable.
//!
//! Checks: table exists → it is not protected → none of its indexes comes or goes.

use std::sync::Arc;

use model::{ApiError, Scope, TableDescription, TableRef, TableStatus};
use store::Store;

use crate::catalog;
use crate::database::Db;
use crate::error::named_table_missing;

impl<S: Store> Db<S> {
    /// Removes a table and describes it as DELETING. It is gone when this answers.
    pub async fn delete_table(
        &self,
        scope: &Scope,
        table: TableRef,
    ) -> Result<TableDescription, ApiError> {
        // Find.
        let found = self.catalog.find(scope, &table);
        let found = found.ok_or_else(|| named_table_missing(table.name()))?;
        let status = TableStatus::Deleting;
        let description = TableDescription { status, ..self.describe(&found).await? };

        // Act, in a task of its own: it goes on if the client goes away.
        let (store, catalog) = (Arc::clone(&self.store), Arc::clone(&self.catalog));
        let background = self.background.clone();
        let drop = catalog::drop_table(store, catalog, scope.clone(), table, background);
        tokio::spawn(drop).await.map_err(|_| ApiError::InternalServerError)??;

        // Answer.
        Ok(description)
    }
}
