//! DeleteTable.
//!
//! Checks: table exists → it is not protected → none of its indexes comes or goes.

use model::api::{DeleteTableInput, DeleteTableOutput};
use model::{ApiError, Scope, TableDescription, TableStatus};
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
        let status = TableStatus::Deleting;
        let description = TableDescription { status, ..self.describe(&found).await? };

        // Act.
        self.drop_table(scope, table).await?;
        // Answer.
        Ok(DeleteTableOutput { table_description: Some(description) })
    }
}
