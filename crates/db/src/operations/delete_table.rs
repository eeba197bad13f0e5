//! DeleteTable.

use model::{ApiError, Scope, TableDescription, TableRef};
use store::Store;

use crate::Db;

impl<S: Store> Db<S> {
    /// Removes a table and describes it as DELETING.
    pub async fn delete_table(
        &self,
        scope: &Scope,
        table: TableRef,
    ) -> Result<TableDescription, ApiError> {
        todo!()
    }
}
