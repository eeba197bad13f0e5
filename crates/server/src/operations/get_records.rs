//! GetRecords. The iterator says which stream is read: it is taken apart before anything is decided.

use db::{Db, SchemaView, ShardIterator};
use model::ApiError;
use model::api::{GetRecordsInput, GetRecordsOutput};
use store::Store;
use wire::operations::GetRecords;

use crate::pipeline::{Access, Accesses, Call, Handle, Resource};

impl Handle for GetRecords {
    type Request = db::GetRecords;
    type Echo = ();
    type Answer = GetRecordsOutput;

    fn bind(input: GetRecordsInput, _: SchemaView<'_>) -> Result<(db::GetRecords, ()), ApiError> {
        let iterator = ShardIterator::parse(&input.shard_iterator);
        Ok((db::GetRecords { iterator, limit: input.limit }, ()))
    }

    fn accesses<'a>(request: &'a db::GetRecords, (): &()) -> Accesses<'a> {
        let stream = request.iterator.as_ref().map(ShardIterator::stream);
        let resource = stream.map_or(Resource::Any, Resource::from);
        Access::new("dynamodb:GetRecords", resource).alone()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::GetRecords,
    ) -> Result<GetRecordsOutput, ApiError> {
        db.get_records(call.scope, request).await
    }

    fn answer(answer: GetRecordsOutput, (): ()) -> GetRecordsOutput {
        answer
    }
}
