//! DescribeStream: a stream and a page of its shards.

use model::{ApiError, Scope, Shard, StreamArn, StreamDescription, limits};

use crate::description::{write_key_schema, write_seconds};
use crate::encode::{ObjectWriter, write_array};
use crate::generated::shapes;
use crate::json::Members;
use crate::names::WireName;
use crate::shape::Shape;
use crate::streams::stream_arn;

use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DescribeStream;

/// Which stream, and which of its shards.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The stream.
    pub stream: StreamArn,
    /// The shard after which to continue.
    pub exclusive_start_shard: Option<String>,
    /// Children of this shard alone.
    pub parent: Option<String>,
    /// Most shards in the page.
    pub limit: Option<u64>,
}

/// The stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// It and the page.
    pub stream: StreamDescription,
}

impl Operation for DescribeStream {
    const NAME: &'static str = "DescribeStream";
    const CLASS: Class = Class::Stream;
    const SHAPE: &'static Shape = &shapes::DESCRIBE_STREAM_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let filter = body.structure("ShardFilter");
        Ok(Input {
            stream: stream_arn(body.text("StreamArn").unwrap_or_default())?,
            exclusive_start_shard: body.string("ExclusiveStartShardId"),
            parent: filter.map(parent).transpose()?,
            limit: body.limit(limits::DESCRIBED_SHARDS_MAX)?,
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let stream = &output.stream;
        let mut object = ObjectWriter::open(out);
        let mut description = object.object("StreamDescription");
        write_seconds(description.key("CreationRequestDateTime"), stream.created_at_ms);
        write_key_schema(&mut description, &stream.key);
        if let Some(shard) = &stream.last_evaluated_shard {
            description.string("LastEvaluatedShardId", shard);
        }
        write_array(description.key("Shards"), &stream.shards, write_shard);
        description.string("StreamArn", &stream.arn.to_string());
        description.string("StreamLabel", &stream.arn.label);
        description.string("StreamStatus", stream.status.wire_name());
        description.string("StreamViewType", stream.view.wire_name());
        description.string("TableName", &stream.arn.table);
        description.close();
        object.close();
    }

    fn permissions(input: &Input, _: &Scope) -> Vec<Permission> {
        let resource = input.stream.to_string();
        vec![Permission { action: "dynamodb:DescribeStream", resource }]
    }
}

/// The shard whose children a filter asks for. Both its members are needed, though the model does
/// not say so (ScyllaDB test_streams.py, test_stream_shard_filtering_missing_type, 2026-11).
fn parent(filter: Members<'_, '_>) -> Result<String, ApiError> {
    match (filter.text("Type"), filter.string("ShardId")) {
        (Some(_), Some(shard)) => Ok(shard),
        (None, _) => Err(ApiError::Validation("ShardFilter requires a Type".into())),
        (_, None) => Err(ApiError::Validation("ShardFilter requires a ShardId".into())),
    }
}

fn write_shard(out: &mut Vec<u8>, shard: &Shard) {
    let mut object = ObjectWriter::open(out);
    if let Some(parent) = &shard.parent {
        object.string("ParentShardId", parent);
    }
    let mut range = object.object("SequenceNumberRange");
    if let Some(last) = shard.last {
        range.string("EndingSequenceNumber", &last.to_string());
    }
    range.string("StartingSequenceNumber", &shard.first.to_string());
    range.close();
    object.string("ShardId", &shard.id);
    object.close();
}
