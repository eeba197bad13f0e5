//! GetRecords.
//!
//! Checks: the iterator is one → it is not too old → stream exists → shard exists → the records
//! are still there.

use model::{ApiError, Scope};
use store::Store;

use crate::database::Db;
use crate::reading::Records;

/// Records behind a place.
#[derive(Debug, Clone)]
pub struct GetRecords {
    /// The place, from GetShardIterator or an answer before.
    pub iterator: String,
    /// Most records; 1,000 when absent.
    pub limit: Option<u64>,
}

impl<S: Store> Db<S> {
    /// Answers with durable records, in order, and with where to go on.
    pub async fn get_records(
        &self,
        scope: &Scope,
        request: GetRecords,
    ) -> Result<Records, ApiError> {
        self.records(scope, &request.iterator, request.limit).await
    }
}
