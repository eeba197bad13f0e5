//! GetShardIterator.
//!
//! Checks: stream exists → shard exists → the records are still there.

use model::{ApiError, Scope, ShardPosition, StreamArn};
use store::Store;

use crate::database::Db;

/// A place in a shard.
#[derive(Debug, Clone)]
pub struct GetShardIterator {
    /// The stream.
    pub stream: StreamArn,
    /// The shard's id.
    pub shard: String,
    /// Where in it.
    pub position: ShardPosition,
}

impl<S: Store> Db<S> {
    /// Answers with the place as GetRecords takes it.
    pub async fn get_shard_iterator(
        &self,
        scope: &Scope,
        request: GetShardIterator,
    ) -> Result<String, ApiError> {
        // Find.
        let stream = self.catalog().streams.named(scope, &request.stream)?;

        // Act and answer.
        self.locate(&stream, &request.shard, request.position).await
    }
}
