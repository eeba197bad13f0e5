//! DescribeTable.

use model::{ApiError, Scope, TableDescription, TableRef};
use store::Store;

use crate::Db;

impl<S: Store> Db<S> {
    /// Describes a table as of now, its exact counts included.
    pub async fn describe_table(
        &self,
        scope: &Scope,
        table: TableRef,
    ) -> Result<TableDescription, ApiError> {
        todo!()
    }
}
