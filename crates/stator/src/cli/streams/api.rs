//! What the server answers, as far as a reader of streams needs it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// Attributes by name, each as `{"S": "text"}`.
pub(super) type Item = BTreeMap<String, Value>;

/// DescribeTable.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeTable {
    pub(super) table: Table,
}

/// A table and its stream.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Table {
    pub(super) latest_stream_arn: Option<String>,
    /// Absent once the stream is disabled.
    pub(super) stream_specification: Option<StreamSpecification>,
}

/// Whether the stream takes changes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StreamSpecification {
    pub(super) stream_enabled: bool,
}

/// ListStreams.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListStreams {
    pub(super) streams: Vec<ListedStream>,
    pub(super) last_evaluated_stream_arn: Option<String>,
}

/// A stream; labels sort by age.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListedStream {
    pub(super) stream_arn: String,
    pub(super) stream_label: String,
}

/// DescribeStream.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeStream {
    pub(super) stream_description: StreamDescription,
}

/// A page of a stream's shards.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StreamDescription {
    pub(super) stream_status: String,
    pub(super) shards: Vec<Shard>,
    pub(super) last_evaluated_shard_id: Option<String>,
}

/// A shard.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Shard {
    pub(super) shard_id: String,
    pub(super) parent_shard_id: Option<String>,
    pub(super) sequence_number_range: SequenceNumberRange,
}

/// The numbers of its records.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SequenceNumberRange {
    /// Absent while the shard takes changes.
    pub(super) ending_sequence_number: Option<String>,
}

/// GetShardIterator.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetShardIterator {
    pub(super) shard_iterator: String,
}

/// GetRecords.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetRecords {
    /// Kept as they came, for who wants them as they came.
    pub(super) records: Vec<Box<RawValue>>,
    /// Absent at the end of a closed shard.
    pub(super) next_shard_iterator: Option<String>,
}

/// A change record.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pub(super) event_name: String,
    pub(super) dynamodb: ItemChange,
    pub(super) user_identity: Option<UserIdentity>,
}

/// The item that changed, before and after.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ItemChange {
    /// Seconds since 1970.
    pub(super) approximate_creation_date_time: f64,
    pub(super) keys: Item,
    pub(super) new_image: Option<Item>,
    pub(super) old_image: Option<Item>,
    pub(super) sequence_number: String,
}

/// Who made the change, where it was no caller.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserIdentity {
    #[serde(rename = "Type")]
    pub(super) kind: String,
}
