//! The value of a stream's row in the catalog's space (docs/format/streams.md).

use std::sync::Arc;

use model::{KeySchema, Scope, StreamArn, StreamView};
use serde::{Deserialize, Serialize};
use store::{Space, StoreError};

use crate::schema::stream::{Founding, Shards, Stream, Tally};

/// The format this code writes, and the only one it reads.
const FORMAT: u32 = 1;

/// JSON, because it is read at open alone and a person may have to.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    format: u32,
    account: String,
    region: String,
    table: String,
    label: String,
    view: StreamView,
    created_at_ms: u64,
    key: KeySchema,
    space: u32,
    shards: Shards,
}

/// The row's value, with these shards.
pub(super) fn encode(stream: &Stream, shards: &Shards) -> Vec<u8> {
    let record = Record {
        format: FORMAT,
        account: stream.arn.scope.account.clone(),
        region: stream.arn.scope.region.clone(),
        table: stream.arn.table.clone(),
        label: stream.arn.label.clone(),
        view: stream.view,
        created_at_ms: stream.created_at_ms,
        key: stream.key.clone(),
        space: stream.space.0,
        shards: shards.clone(),
    };
    serde_json::to_vec(&record).expect("the record has string keys only")
}

/// Reads a row's value; `tally_of` has the counts that the stream shares.
pub(super) fn decode(
    value: &[u8],
    tally_of: impl FnOnce(&StreamArn) -> Arc<Tally>,
) -> Result<Stream, StoreError> {
    let record: Record = serde_json::from_slice(value)
        .map_err(|error| StoreError::damaged(format!("a stream's catalog record: {error}")))?;
    if record.format != FORMAT {
        let format = record.format;
        return Err(StoreError::failed(format!(
            "a stream's catalog record has format {format}; this version reads {FORMAT}"
        )));
    }
    let scope = Scope { account: record.account, region: record.region };
    let founding = Founding {
        arn: StreamArn { scope, table: record.table, label: record.label },
        view: record.view,
        key: record.key,
        created_at_ms: record.created_at_ms,
    };
    let tally = tally_of(&founding.arn);
    Ok(Stream::new(founding, Space(record.space), record.shards, tally))
}
