//! ListTables.

use db::{Db, ListTablesAnswer};
use model::ApiError;
use store::Store;
use wire::operations::list_tables::{Input, ListTables, Output};

use super::answers::at_most;
use crate::pipeline::{Call, Facts, Handle};

impl Handle for ListTables {
    type Request = db::ListTables;
    type Echo = ();
    type Answer = ListTablesAnswer;

    fn resolve(input: Input) -> Result<(db::ListTables, ()), ApiError> {
        let request = db::ListTables {
            exclusive_start: input.exclusive_start_table_name,
            limit: input.limit.map(at_most),
        };
        Ok((request, ()))
    }

    fn facts(_: &db::ListTables) -> Facts<'_> {
        Facts::default()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::ListTables,
    ) -> Result<ListTablesAnswer, ApiError> {
        db.list_tables(call.scope, request).await
    }

    fn answer(answer: ListTablesAnswer, (): ()) -> Output {
        Output { table_names: answer.names, last_evaluated_table_name: answer.last_evaluated }
    }
}
