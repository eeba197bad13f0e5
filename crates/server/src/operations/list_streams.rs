//! ListStreams.

use db::{Db, ListStreamsAnswer};
use model::ApiError;
use store::Store;
use wire::operations::list_streams::{Input, ListStreams, Output};

use crate::pipeline::{Call, Facts, Handle};

impl Handle for ListStreams {
    type Request = db::ListStreams;
    type Echo = ();
    type Answer = ListStreamsAnswer;

    fn resolve(input: Input) -> Result<(db::ListStreams, ()), ApiError> {
        let request = db::ListStreams {
            table: input.table,
            exclusive_start: input.exclusive_start_stream,
            limit: input.limit,
        };
        Ok((request, ()))
    }

    fn facts(_: &db::ListStreams) -> Facts<'_> {
        // A stream outlives its table: its own ARN is what permissions are about.
        Facts::default()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::ListStreams,
    ) -> Result<ListStreamsAnswer, ApiError> {
        db.list_streams(call.scope, request).await
    }

    fn answer(answer: ListStreamsAnswer, (): ()) -> Output {
        Output { streams: answer.streams, last_evaluated_stream: answer.last_evaluated }
    }
}
