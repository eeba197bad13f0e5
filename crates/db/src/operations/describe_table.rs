//! DescribeTable.
//!
//! Checks: table exists.

use model::api::{DescribeTableInput, DescribeTableOutput};
use model::{ApiError, Scope};
use store::Store;

use crate::database::Db;

impl<S: Store> Db<S> {
    /// Describes a table as of now, its exact counts included.
    pub async fn describe_table(
        &self,
        scope: &Scope,
        input: DescribeTableInput,
    ) -> Result<DescribeTableOutput, ApiError> {
        // Find.
        let found = self.named_table(scope, &input.table_name)?;

        // Act and answer.
        Ok(DescribeTableOutput { table: Some(self.describe(&found, &found.definition).await?) })
    }
}
