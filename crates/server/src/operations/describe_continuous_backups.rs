//! DescribeContinuousBackups.

use db::Db;
use model::{ApiError, Scope, TableRef};
use store::Store;
use wire::operations::describe_continuous_backups::{DescribeContinuousBackups, Input, Output};

use crate::pipeline::{Access, Facts, Handle, Reach};

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

    async fn execute<S: Store>(db: &Db<S>, scope: &Scope, table: TableRef) -> Result<(), ApiError> {
        db.describe_continuous_backups(scope, &table)
    }

    fn answer((): (), (): ()) -> Output {
        Output
    }
}
