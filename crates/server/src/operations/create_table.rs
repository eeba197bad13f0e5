//! CreateTable.

use db::Db;
use model::{ApiError, TableDeclaration, TableDescription};
use store::Store;
use wire::operations::create_table::{CreateTable, Input, Output};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for CreateTable {
    type Request = TableDeclaration;
    type Echo = ();
    type Answer = TableDescription;

    fn resolve(input: Input) -> Result<(TableDeclaration, ()), ApiError> {
        Ok((input, ()))
    }

    fn facts(declaration: &TableDeclaration) -> Facts<'_> {
        Access::new(&declaration.table, Reach::Declaration).into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        declaration: TableDeclaration,
    ) -> Result<TableDescription, ApiError> {
        db.create_table(call.scope, declaration).await
    }

    fn answer(table: TableDescription, (): ()) -> Output {
        Output { table }
    }
}
