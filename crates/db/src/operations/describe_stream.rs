//! DescribeStream.
//!
//! Checks: stream exists.

use model::{ApiError, Scope, StreamArn, StreamDescription};
use store::Store;

use crate::database::Db;
use crate::reading::{self, ShardPage};

impl<S: Store> Db<S> {
    /// Describes a stream and a page of its shards.
    pub async fn describe_stream(
        &self,
        scope: &Scope,
        stream: &StreamArn,
        page: &ShardPage,
    ) -> Result<StreamDescription, ApiError> {
        // Find.
        let found = self.catalog().streams.named(scope, stream)?;

        // Answer.
        Ok(reading::describe(&found, page))
    }
}
