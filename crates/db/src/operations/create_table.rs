//! CreateTable.
//!
//! Checks: as `catalog::declare` lists them → the name is free.

use model::api::{CreateTableInput, CreateTableOutput};
use model::{ApiError, IndexStatus, Scope, TableStatus};
use store::Store;

use crate::catalog::{self, Birth};
use crate::database::Db;

impl<S: Store> Db<S> {
    /// Creates a table and describes it as CREATING. It is in use when this answers.
    pub async fn create_table(
        &self,
        scope: &Scope,
        input: CreateTableInput,
    ) -> Result<CreateTableOutput, ApiError> {
        // Check.
        let table_id = self.ids().table_id();
        let birth = Birth { table_id, created_at_ms: self.now_ms() };
        let definition = catalog::declare(input, birth)?;

        // Act.
        let table = self.create(scope, definition).await?;

        // Answer.
        let mut description = self.describe(&table).await?;
        description.status = TableStatus::Creating;
        for index in &mut description.indexes {
            index.status = IndexStatus::Creating;
        }
        Ok(CreateTableOutput { table_description: Some(description) })
    }
}
