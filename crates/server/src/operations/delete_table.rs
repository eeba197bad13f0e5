//! DeleteTable.

use db::Db;
use model::{ApiError, TableDescription, TableRef};
use store::Store;
use wire::operations::delete_table::{DeleteTable, Input, Output};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

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
        call: Call<'_>,
        table: TableRef,
    ) -> Result<TableDescription, ApiError> {
        db.delete_table(call.scope, table).await
    }

    fn answer(table: TableDescription, (): ()) -> Output {
        Output { table }
    }
}
