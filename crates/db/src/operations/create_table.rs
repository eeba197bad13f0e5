//! CreateTable.

use model::{ApiError, Scope, TableDeclaration, TableDescription};
use store::Store;

use crate::Db;

impl<S: Store> Db<S> {
    /// Creates a table and describes it as CREATING.
    pub async fn create_table(
        &self,
        scope: &Scope,
        declaration: TableDeclaration,
    ) -> Result<TableDescription, ApiError> {
        todo!()
    }
}
