//! DescribeContinuousBackups.

use db::Db;
use model::{ApiError, TableRef};
use store::Store;
use wire::operations::describe_continuous_backups::{DescribeContinuousBackups, Input, Output};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for DescribeContinuousBackups {
    type Request = TableRef;
    type Echo = ();
    type Answer = ();

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
    ) -> Result<(), ApiError> {
        db.describe_continuous_backups(call.scope, &table)
    }

    fn answer((): (), (): ()) -> Output {
        Output
    }
}
