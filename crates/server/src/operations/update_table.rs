//! UpdateTable.

use db::Db;
use model::{ApiError, TableDescription, TableUpdate};
use store::Store;
use wire::operations::update_table::{Input, Output, UpdateTable};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for UpdateTable {
    type Request = TableUpdate;
    type Echo = ();
    type Answer = TableDescription;

    fn resolve(input: Input) -> Result<(TableUpdate, ()), ApiError> {
        Ok((input, ()))
    }

    fn facts(update: &TableUpdate) -> Facts<'_> {
        Access::new(&update.table, Reach::Declaration).into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        update: TableUpdate,
    ) -> Result<TableDescription, ApiError> {
        db.update_table(call.scope, update).await
    }

    fn answer(table: TableDescription, (): ()) -> Output {
        Output { table }
    }
}
