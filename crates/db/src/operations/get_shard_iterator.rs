//! GetShardIterator.
//!
//! Checks: the position is whole → stream exists → shard exists → the records are still there.

use model::api::{GetShardIteratorInput, GetShardIteratorOutput, ShardIteratorType};
use model::{ApiError, Scope, SequenceNumber, ShardPosition};
use store::Store;

use crate::database::Db;
use crate::error::validation;

impl<S: Store> Db<S> {
    /// Answers with a place in a shard as GetRecords takes it.
    pub async fn get_shard_iterator(
        &self,
        scope: &Scope,
        input: GetShardIteratorInput,
    ) -> Result<GetShardIteratorOutput, ApiError> {
        // Check.
        let position = position(&input)?;

        // Find.
        let streams = &self.catalog().streams;
        let stream = streams.named(scope, &input.stream_arn)?;

        // Act and answer.
        let iterator = self.locate(&stream, &input.shard_id, position).await?;
        Ok(GetShardIteratorOutput { shard_iterator: Some(iterator) })
    }
}

/// Reads `ShardIteratorType` with the one member it goes with; the other must not be there
/// (ScyllaDB test_streams.py, test_get_shard_iterator, 2026-11).
fn position(input: &GetShardIteratorInput) -> Result<ShardPosition, ApiError> {
    use ShardIteratorType::{AfterSequenceNumber, AtSequenceNumber, AtTimestamp, Latest};

    let (kind, sequence) = (input.shard_iterator_type, input.sequence_number.as_deref());
    let refuse = |words: &str| Err(validation(format!("{words} {}", word(kind))));
    let numbered = || match sequence {
        None => refuse("Missing SequenceNumber for ShardIteratorType").map(|_| SequenceNumber(0)),
        Some(text) => SequenceNumber::parse(text)
            .ok_or_else(|| validation(format!("Invalid SequenceNumber: {text}"))),
    };
    match (kind, input.timestamp_ms) {
        (AtSequenceNumber, None) => Ok(ShardPosition::At(numbered()?)),
        (AfterSequenceNumber, None) => Ok(ShardPosition::After(numbered()?)),
        (AtTimestamp, None) => refuse("Missing Timestamp for ShardIteratorType"),
        (_, _) if sequence.is_some() => {
            refuse("SequenceNumber is not allowed for ShardIteratorType")
        }
        (AtTimestamp, Some(time)) => Ok(ShardPosition::AtTime(time)),
        (_, Some(_)) => refuse("Timestamp is not allowed for ShardIteratorType"),
        (Latest, None) => Ok(ShardPosition::Latest),
        (ShardIteratorType::TrimHorizon, None) => Ok(ShardPosition::TrimHorizon),
    }
}

/// The type as the service's words have it.
fn word(kind: ShardIteratorType) -> &'static str {
    match kind {
        ShardIteratorType::TrimHorizon => "TRIM_HORIZON",
        ShardIteratorType::Latest => "LATEST",
        ShardIteratorType::AtSequenceNumber => "AT_SEQUENCE_NUMBER",
        ShardIteratorType::AfterSequenceNumber => "AFTER_SEQUENCE_NUMBER",
        ShardIteratorType::AtTimestamp => "AT_TIMESTAMP",
    }
}
