//! GetRecords.

use db::{Db, Records};
use model::ApiError;
use store::Store;
use wire::operations::get_records::{GetRecords, Input, Output};

use crate::pipeline::{Call, Facts, Handle};

impl Handle for GetRecords {
    type Request = db::GetRecords;
    type Echo = ();
    type Answer = Records;

    fn resolve(input: Input) -> Result<(db::GetRecords, ()), ApiError> {
        let Input { iterator, limit } = input;
        Ok((db::GetRecords { iterator, limit }, ()))
    }

    fn facts(_: &db::GetRecords) -> Facts<'_> {
        // A stream outlives its table: its own ARN is what permissions are about.
        Facts::default()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::GetRecords,
    ) -> Result<Records, ApiError> {
        db.get_records(call.scope, request).await
    }

    fn answer(answer: Records, (): ()) -> Output {
        Output {
            region: answer.stream.scope.region,
            records: answer.records,
            view: answer.view,
            next_iterator: answer.next,
        }
    }
}
