//! ListStreams.

use model::limits::LISTED_STREAMS_MAX;
use model::{ApiError, Scope, StreamArn};
use store::Store;

use crate::database::Db;

/// A page of streams.
#[derive(Debug, Clone, Default)]
pub struct ListStreams {
    /// Of this table alone.
    pub table: Option<String>,
    /// Behind this one, which need not exist.
    pub exclusive_start: Option<StreamArn>,
    /// Most streams; 100 when absent.
    pub limit: Option<u64>,
}

/// Answer of ListStreams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListStreamsAnswer {
    /// Sorted by table and label.
    pub streams: Vec<StreamArn>,
    /// The last one, when more follow.
    pub last_evaluated: Option<StreamArn>,
}

impl<S: Store> Db<S> {
    /// Lists the scope's streams, those that are disabled and can still be read included.
    pub async fn list_streams(
        &self,
        scope: &Scope,
        request: ListStreams,
    ) -> Result<ListStreamsAnswer, ApiError> {
        // Act.
        let limit = request.limit.unwrap_or(LISTED_STREAMS_MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (table, after) = (request.table.as_deref(), request.exclusive_start.as_ref());
        let (streams, more) = self.catalog().streams.list(scope, table, after, limit);

        // Answer.
        let last_evaluated = streams.last().filter(|_| more).cloned();
        Ok(ListStreamsAnswer { streams, last_evaluated })
    }
}
