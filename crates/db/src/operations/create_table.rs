//! CreateTable.
//!
//! Checks: as `catalog::declare` lists them → the name is free.

use std::sync::Arc;

use model::{ApiError, IndexStatus, Scope, TableDeclaration, TableDescription, TableStatus};
use store::Store;

use crate::catalog::{self, Birth};
use crate::database::Db;

impl<S: Store> Db<S> {
    /// Creates a table and describes it as CREATING. It is in use when this answers.
    pub async fn create_table(
        &self,
        scope: &Scope,
        declaration: TableDeclaration,
    ) -> Result<TableDescription, ApiError> {
        // Check.
        let table_id = self.ids.table_id();
        let birth = Birth { table_id, created_at_ms: self.stamps.now_ms() };
        let definition = catalog::declare(declaration, birth)?;

        // Act, in a task of its own: it goes on if the client goes away.
        let (store, catalog) = (Arc::clone(&self.store), Arc::clone(&self.catalog));
        let created = tokio::spawn(catalog::create(store, catalog, scope.clone(), definition));
        let table = created.await.map_err(|_| ApiError::InternalServerError)??;

        // Answer.
        let mut description = self.describe(&table).await?;
        description.status = TableStatus::Creating;
        for index in &mut description.indexes {
            index.status = IndexStatus::Creating;
        }
        Ok(description)
    }
}
