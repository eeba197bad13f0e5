//! CreateTable.
//!
//! Checks: as `catalog::declare` lists them → the name is free.

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
        let table_id = self.ids().table_id();
        let birth = Birth { table_id, created_at_ms: self.now_ms() };
        let definition = catalog::declare(declaration, birth)?;

        // Act.
        let table = self.create(scope, definition).await?;

        // Answer.
        let mut description = self.describe(&table).await?;
        description.status = TableStatus::Creating;
        for index in &mut description.indexes {
            index.status = IndexStatus::Creating;
        }
        Ok(description)
    }
}
