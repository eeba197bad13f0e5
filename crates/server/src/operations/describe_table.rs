//! DescribeTable.

use db::Db;
use model::{ApiError, TableDescription, TableRef};
use store::Store;
use wire::operations::describe_table::{DescribeTable, Input, Output};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for DescribeTable {
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
        db.describe_table(call.scope, table).await
    }

    fn answer(table: TableDescription, (): ()) -> Output {
        Output { table }
    }
}
