//! DescribeStream.

use db::{Db, ShardPage};
use model::{ApiError, StreamArn, StreamDescription};
use store::Store;
use wire::operations::describe_stream::{DescribeStream, Input, Output};

use crate::pipeline::{Call, Facts, Handle};

impl Handle for DescribeStream {
    type Request = (StreamArn, ShardPage);
    type Echo = ();
    type Answer = StreamDescription;

    fn resolve(input: Input) -> Result<((StreamArn, ShardPage), ()), ApiError> {
        let page = ShardPage {
            exclusive_start: input.exclusive_start_shard,
            parent: input.parent,
            limit: input.limit,
        };
        Ok(((input.stream, page), ()))
    }

    fn facts(_: &(StreamArn, ShardPage)) -> Facts<'_> {
        // A stream outlives its table: its own ARN is what permissions are about.
        Facts::default()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: (StreamArn, ShardPage),
    ) -> Result<StreamDescription, ApiError> {
        let (stream, page) = request;
        db.describe_stream(call.scope, &stream, &page).await
    }

    fn answer(answer: StreamDescription, (): ()) -> Output {
        Output { stream: answer }
    }
}
