//! DescribeStream.
//!
//! Checks: the filter is whole → the limit → stream exists.

use model::api::{DescribeStreamInput, DescribeStreamOutput, ShardFilter};
use model::limits::DESCRIBED_SHARDS_MAX;
use model::{ApiError, Scope};
use store::Store;

use super::check_limit;
use crate::database::Db;
use crate::error::validation;
use crate::reading;

impl<S: Store> Db<S> {
    /// Describes a stream and a page of its shards.
    pub async fn describe_stream(
        &self,
        scope: &Scope,
        input: DescribeStreamInput,
    ) -> Result<DescribeStreamOutput, ApiError> {
        // Check.
        let parent = input.shard_filter.as_ref().map(parent).transpose()?;
        check_limit(input.limit, DESCRIBED_SHARDS_MAX)?;

        // Find.
        let found = self.catalog().streams.named(scope, &input.stream_arn)?;

        // Answer.
        let stream_description = Some(reading::describe(&found, &input, parent.as_ref()));
        Ok(DescribeStreamOutput { stream_description })
    }
}

/// The shard whose children a filter asks for. Both its members are needed, though the model does
/// not say so (ScyllaDB test_streams.py, test_stream_shard_filtering_missing_type, 2026-11).
fn parent(filter: &ShardFilter) -> Result<String, ApiError> {
    match (filter.kind, &filter.shard_id) {
        (Some(_), Some(shard)) => Ok(shard.clone()),
        (None, _) => Err(validation("ShardFilter requires a Type")),
        (_, None) => Err(validation("ShardFilter requires a ShardId")),
    }
}
