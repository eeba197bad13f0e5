//! CreateTable.
//!
//! Checks: as `catalog::declare` lists them → the policy's document → the name is free.

use model::api::{CreateTableInput, CreateTableOutput, IndexStatus, TableStatus};
use model::{ApiError, Scope};
use store::Store;

use super::resource_policies::{check_document, revised};
use crate::catalog::{self, Creation};
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
        let creation = Creation { table_id, created_at_ms: self.moment_ms() };
        let document = input.resource_policy.clone();
        let definition = catalog::declare(input, creation)?;
        document.as_deref().map(check_document).transpose()?;

        // Act.
        let policy = document.map(|document| revised(None, document, self.now_ms()));
        let table = self.create(scope, definition, policy).await?;

        // Answer.
        let mut description = self.describe(&table, &table.definition).await?;
        description.table_status = Some(TableStatus::Creating);
        for index in description.global_secondary_indexes.iter_mut().flatten() {
            index.index_status = Some(IndexStatus::Creating);
        }
        Ok(CreateTableOutput { table_description: Some(description) })
    }
}
