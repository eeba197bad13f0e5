//! GetShardIterator.

use db::Db;
use model::ApiError;
use store::Store;
use wire::operations::get_shard_iterator::{GetShardIterator, Input, Output};

use crate::pipeline::{Call, Facts, Handle};

impl Handle for GetShardIterator {
    type Request = db::GetShardIterator;
    type Echo = ();
    type Answer = String;

    fn resolve(input: Input) -> Result<(db::GetShardIterator, ()), ApiError> {
        let Input { stream, shard, position } = input;
        Ok((db::GetShardIterator { stream, shard, position }, ()))
    }

    fn facts(_: &db::GetShardIterator) -> Facts<'_> {
        // A stream outlives its table: its own ARN is what permissions are about.
        Facts::default()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::GetShardIterator,
    ) -> Result<String, ApiError> {
        db.get_shard_iterator(call.scope, request).await
    }

    fn answer(answer: String, (): ()) -> Output {
        Output { iterator: answer }
    }
}
