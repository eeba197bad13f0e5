//! The value of a stream's row in the catalog's space (docs/format/streams.md).
//!
//! The value is JSON, because it is read at open alone and a person may have to. It has one format
//! so far, which is spelled here and in `parts`: the shards in memory have no say in the bytes.

use std::sync::Arc;

use model::{Scope, StreamArn};
use serde::{Deserialize, Serialize};
use store::{Space, StoreError};

use super::parts::{Key, StreamView};
use crate::schema::stream::{Closed, Founding, Shards, StoredShard, Stream, Tally};

/// The format this code writes, and the only one it reads.
const FORMAT: u32 = 1;

/// Format 1.
#[derive(Debug, Serialize, Deserialize)]
struct Format1 {
    format: u32,
    account: String,
    region: String,
    table: String,
    label: String,
    view: StreamView,
    created_at_ms: u64,
    key: Key,
    space: u32,
    shards: ShardList,
}

/// The one member that is read before the others.
#[derive(Debug, Deserialize)]
struct Format {
    format: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct ShardList {
    width: u32,
    list: Vec<Shard>,
    disabled_at_ms: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Shard {
    number: u32,
    opened_at_ms: u64,
    first: u64,
    closed: Option<End>,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    at_ms: u64,
    last: u64,
}

/// The row's value, with these shards.
pub(super) fn encode(stream: &Stream, shards: &Shards) -> Vec<u8> {
    let record = Format1 {
        format: FORMAT,
        account: stream.arn.scope.account.clone(),
        region: stream.arn.scope.region.clone(),
        table: stream.arn.table.clone(),
        label: stream.arn.label.clone(),
        view: stream.view.into(),
        created_at_ms: stream.created_at_ms,
        key: stream.key.clone().into(),
        space: stream.space.0,
        shards: shards.into(),
    };
    serde_json::to_vec(&record).expect("the record has string keys only")
}

/// Reads a row's value; `tally_of` has the counts that the stream shares.
pub(super) fn decode(
    value: &[u8],
    tally_of: impl FnOnce(&StreamArn) -> Arc<Tally>,
) -> Result<Stream, StoreError> {
    let damaged = |error| StoreError::damaged(format!("a stream's catalog record: {error}"));
    let Format { format } = serde_json::from_slice(value).map_err(damaged)?;
    if format != FORMAT {
        return Err(StoreError::failed(format!(
            "a stream's catalog record has format {format}; this version reads {FORMAT}"
        )));
    }
    let record: Format1 = serde_json::from_slice(value).map_err(damaged)?;
    let scope = Scope { account: record.account, region: record.region };
    let founding = Founding {
        arn: StreamArn { scope, table: record.table, label: record.label },
        view: record.view.into(),
        key: record.key.into(),
        created_at_ms: record.created_at_ms,
    };
    let tally = tally_of(&founding.arn);
    Ok(Stream::new(founding, Space(record.space), record.shards.into(), tally))
}

impl From<&Shards> for ShardList {
    fn from(shards: &Shards) -> Self {
        let own = |shard: &StoredShard| Shard {
            number: shard.number,
            opened_at_ms: shard.opened_at_ms,
            first: shard.first,
            closed: shard.closed.map(|Closed { at_ms, last }| End { at_ms, last }),
        };
        let list = shards.list.iter().map(own).collect();
        Self { width: shards.width, list, disabled_at_ms: shards.disabled_at_ms }
    }
}

impl From<ShardList> for Shards {
    fn from(own: ShardList) -> Self {
        let shard = |shard: Shard| StoredShard {
            number: shard.number,
            opened_at_ms: shard.opened_at_ms,
            first: shard.first,
            closed: shard.closed.map(|End { at_ms, last }| Closed { at_ms, last }),
        };
        let list = own.list.into_iter().map(shard).collect();
        Self { width: own.width, list, disabled_at_ms: own.disabled_at_ms }
    }
}

#[cfg(test)]
mod tests {
    use model::{KeyElement, KeySchema, ScalarType};

    use super::*;

    /// The documented bytes.
    const GOLDEN: &str = concat!(
        r#"{"format":1,"account":"000000000000","region":"eu-west-3","table":"films","#,
        r#""label":"2026-11-23T18:00:00.123","view":"NewAndOldImages","#,
        r#""created_at_ms":1700000000123,"key":{"hash":[{"name":"id","scalar_type":"B"}],"#,
        r#""range":[{"name":"year","scalar_type":"N"}]},"space":18,"shards":{"width":1,"#,
        r#""list":[{"number":0,"opened_at_ms":1,"first":65536,"closed":{"at_ms":2,"last":131072}},"#,
        r#"{"number":1,"opened_at_ms":2,"first":131073,"closed":null}],"disabled_at_ms":null}}"#,
    );

    fn stream(disabled_at_ms: Option<u64>) -> Stream {
        let element = |name: &str, scalar_type| KeyElement { name: name.into(), scalar_type };
        let scope = Scope { account: "000000000000".into(), region: "eu-west-3".into() };
        let (table, label) = ("films".into(), "2026-11-23T18:00:00.123".into());
        let founding = Founding {
            arn: StreamArn { scope, table, label },
            view: model::StreamView::NewAndOldImages,
            created_at_ms: 1_700_000_000_123,
            key: KeySchema {
                hash: vec![element("id", ScalarType::B)],
                range: vec![element("year", ScalarType::N)],
            },
        };
        let closed = Some(Closed { at_ms: 2, last: 131_072 });
        let parent = StoredShard { number: 0, opened_at_ms: 1, first: 65_536, closed };
        let child = StoredShard { number: 1, opened_at_ms: 2, first: 131_073, closed: None };
        let shards = Shards { width: 1, list: vec![parent, child], disabled_at_ms };
        Stream::new(founding, Space(18), shards, Arc::default())
    }

    fn assert_bytes(stream: &Stream, bytes: &str) {
        let written = encode(stream, &stream.shards());
        assert_eq!(String::from_utf8(written).unwrap(), bytes);
        let read = decode(bytes.as_bytes(), |_| Arc::default()).unwrap();
        assert_eq!(format!("{:?}", read.held()), format!("{:?}", stream.held()));
    }

    #[test]
    fn bytes_are_the_documented_ones_and_read_back() {
        assert_bytes(&stream(None), GOLDEN);
        let disabled = GOLDEN.replace("\"disabled_at_ms\":null", "\"disabled_at_ms\":7");
        assert_bytes(&stream(Some(7)), &disabled);
    }

    #[test]
    fn a_row_of_another_format_is_refused() {
        let refused = |text: &str| decode(text.as_bytes(), |_| Arc::default()).unwrap_err();
        assert!(matches!(refused("{}"), StoreError::Damaged { .. }));
        let later = refused(&GOLDEN.replace("\"format\":1", "\"format\":2")).to_string();
        assert!(later.contains("has format 2; this version reads 1"), "{later}");
    }
}
