//! GetRecords. The iterator says which stream is read: it is taken apart before anything is decided.

use db::{Db, ShardIterator};
use model::ApiError;
use model::api::{GetRecordsInput, GetRecordsOutput};
use store::Store;
use wire::operations::GetRecords;

use crate::pipeline::{Access, Accesses, Call, Handle, Reach, Resource};

impl Handle for GetRecords {
    type Request = db::GetRecords;
    type Echo = ();
    type Answer = GetRecordsOutput;

    fn resolve(input: GetRecordsInput) -> Result<(db::GetRecords, ()), ApiError> {
        let iterator = ShardIterator::parse(&input.shard_iterator);
        Ok((db::GetRecords { iterator, limit: input.limit }, ()))
    }

    fn accesses(request: &db::GetRecords) -> Accesses<'_> {
        let stream = request.iterator.as_ref().map(ShardIterator::stream);
        let resource = stream.map_or(Resource::Any, Resource::from);
        Access::new("dynamodb:GetRecords", resource, Reach::Declaration).alone()
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
