//! ListStreams.
//!
//! Checks: the limit.

use model::api::{ListStreamsInput, ListStreamsOutput, Stream};
use model::limits::LISTED_STREAMS_MAX;
use model::{ApiError, Scope};
use store::Store;

use super::check_limit;
use crate::database::Db;

impl<S: Store> Db<S> {
    /// Lists the scope's streams, sorted by table and label, those that are disabled and can still
    /// be read included.
    pub async fn list_streams(
        &self,
        scope: &Scope,
        input: ListStreamsInput,
    ) -> Result<ListStreamsOutput, ApiError> {
        // Check.
        check_limit(input.limit, LISTED_STREAMS_MAX)?;

        // Act.
        let limit = input.limit.unwrap_or(LISTED_STREAMS_MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (table, after) =
            (input.table_name.as_deref(), input.exclusive_start_stream_arn.as_ref());
        let (streams, more) = self.catalog().streams.list(scope, table, after, limit);

        // Answer.
        let last_evaluated_stream_arn = streams.last().filter(|_| more).cloned();
        let streams = streams.into_iter().map(|arn| Stream {
            stream_label: Some(arn.label.clone()),
            table_name: Some(arn.table.clone()),
            stream_arn: Some(arn),
        });
        Ok(ListStreamsOutput { streams: Some(streams.collect()), last_evaluated_stream_arn })
    }
}
