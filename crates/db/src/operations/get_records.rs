//! GetRecords.
//!
//! Checks: the limit → the iterator is one → it is not too old → stream exists → shard exists → the
//! records are still there.

use model::api::{GetRecordsInput, GetRecordsOutput};
use model::limits::STREAM_RECORDS_MAX;
use model::{ApiError, Scope};
use store::Store;

use super::check_limit;
use crate::database::Db;

impl<S: Store> Db<S> {
    /// Answers with durable records, in order, and with where to go on.
    pub async fn get_records(
        &self,
        scope: &Scope,
        input: GetRecordsInput,
    ) -> Result<GetRecordsOutput, ApiError> {
        // Check.
        check_limit(input.limit, STREAM_RECORDS_MAX)?;

        // Find and act.
        let found = self.records(scope, &input.shard_iterator, input.limit).await;

        // Answer.
        let (records, next_shard_iterator) = found?;
        Ok(GetRecordsOutput { records: Some(records), next_shard_iterator })
    }
}
