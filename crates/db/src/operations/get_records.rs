//! GetRecords.
//!
//! Checks: the limit → the iterator is one → it is not too old → stream exists → shard exists → the
//! records are still there.

use model::api::GetRecordsOutput;
use model::limits::STREAM_RECORDS_MAX;
use model::{ApiError, Scope};
use store::Store;

use super::check_limit;
use crate::database::Db;
use crate::error::validation;
use crate::reading::ShardIterator;

/// Changes of one shard.
#[derive(Debug, Clone)]
pub struct GetRecords {
    /// Where to begin; `None` for a text that is no iterator.
    pub iterator: Option<ShardIterator>,
    /// `Limit`.
    pub limit: Option<u64>,
}

impl<S: Store> Db<S> {
    /// Answers with durable records, in order, and with where to go on.
    pub async fn get_records(
        &self,
        scope: &Scope,
        request: GetRecords,
    ) -> Result<GetRecordsOutput, ApiError> {
        // Check.
        check_limit(request.limit, STREAM_RECORDS_MAX)?;
        let iterator = request.iterator.ok_or_else(|| validation("Invalid ShardIterator"))?;

        // Find and act.
        let found = self.records(scope, iterator, request.limit).await;

        // Answer.
        let (records, next_shard_iterator) = found?;
        Ok(GetRecordsOutput { records: Some(records), next_shard_iterator })
    }
}
