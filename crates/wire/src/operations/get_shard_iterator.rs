//! GetShardIterator: a place in a shard from which to read.

use model::{ApiError, Scope, SequenceNumber, ShardPosition, StreamArn};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::{Json, Members};
use crate::shape::Shape;
use crate::streams::stream_arn;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct GetShardIterator;

/// Which place.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The stream.
    pub stream: StreamArn,
    /// One of its shards.
    pub shard: String,
    /// Where in it.
    pub position: ShardPosition,
}

/// The place.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// As GetRecords takes it.
    pub iterator: String,
}

impl Operation for GetShardIterator {
    const NAME: &'static str = "GetShardIterator";
    const CLASS: Class = Class::Stream;
    const SHAPE: &'static Shape = &shapes::GET_SHARD_ITERATOR_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input {
            stream: stream_arn(body.text("StreamArn").unwrap_or_default())?,
            shard: body.string("ShardId").unwrap_or_default(),
            position: position(body)?,
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.string("ShardIterator", &output.iterator);
        object.close();
    }

    fn permissions(input: &Input, _: &Scope) -> Vec<Permission> {
        let resource = input.stream.to_string();
        vec![Permission { action: "dynamodb:GetShardIterator", resource }]
    }
}

/// Reads `ShardIteratorType` with the one member it goes with; the other must not be there
/// (ScyllaDB test_streams.py, test_get_shard_iterator, 2026-11).
fn position(body: Members<'_, '_>) -> Result<ShardPosition, ApiError> {
    let kind = body.text("ShardIteratorType").unwrap_or_default();
    let sequence = body.text("SequenceNumber");
    let time = body.get("Timestamp").and_then(Json::milliseconds);
    let refuse = |words: &str| Err(ApiError::Validation(format!("{words} {kind}")));
    let numbered = || match sequence {
        None => refuse("Missing SequenceNumber for ShardIteratorType").map(|_| SequenceNumber(0)),
        Some(text) => SequenceNumber::parse(text)
            .ok_or_else(|| ApiError::Validation(format!("Invalid SequenceNumber: {text}"))),
    };
    match (kind, time) {
        ("AT_SEQUENCE_NUMBER", None) => Ok(ShardPosition::At(numbered()?)),
        ("AFTER_SEQUENCE_NUMBER", None) => Ok(ShardPosition::After(numbered()?)),
        ("AT_TIMESTAMP", None) => refuse("Missing Timestamp for ShardIteratorType"),
        (_, _) if sequence.is_some() => {
            refuse("SequenceNumber is not allowed for ShardIteratorType")
        }
        ("AT_TIMESTAMP", Some(time)) => Ok(ShardPosition::AtTime(time)),
        (_, Some(_)) => refuse("Timestamp is not allowed for ShardIteratorType"),
        ("LATEST", None) => Ok(ShardPosition::Latest),
        (_, None) => Ok(ShardPosition::TrimHorizon),
    }
}
