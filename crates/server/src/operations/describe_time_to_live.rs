//! DescribeTimeToLive.

use db::{Db, TimeToLive};
use model::{ApiError, TableRef};
use store::Store;
use wire::operations::describe_time_to_live::{DescribeTimeToLive, Input, Output};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for DescribeTimeToLive {
    type Request = TableRef;
    type Echo = ();
    type Answer = TimeToLive;

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
    ) -> Result<TimeToLive, ApiError> {
        db.describe_time_to_live(call.scope, &table)
    }

    fn answer(answer: TimeToLive, (): ()) -> Output {
        Output { status: answer.status, attribute: answer.attribute }
    }
}
