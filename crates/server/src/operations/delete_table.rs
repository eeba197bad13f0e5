//! DeleteTable.

use db::Db;
use model::{ApiError, Scope, TableDescription, TableRef};
use store::Store;
use wire::operations::delete_table::{DeleteTable, Input, Output};

use crate::pipeline::{Access, Facts, Handle, Reach};

impl Handle for DeleteTable {
    type Request = TableRef;
    type Echo = ();
    type Answer = TableDescription;

    fn resolve(input: Input) -> Result<(TableRef, ()), ApiError> {
        Ok((input.table, ()))
    }

    fn facts(table: &TableRef) -> Facts<'_> {
        Access::new(table, Reach::Declaration).into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        scope: &Scope,
        table: TableRef,
    ) -> Result<TableDescription, ApiError> {
        db.delete_table(scope, table).await
    }

    fn answer(table: TableDescription, (): ()) -> Output {
        Output { table }
    }
}
