//! The streams of the crash tables, read whole, each held against its table.
//!
//! All shards are read from the oldest record on, parents before their children: what comes out is
//! the order in which a consumer that follows lineage sees the changes. [`replay`] judges it.

pub mod replay;

use anyhow::Context;
use serde_json::{Value, json};

use self::replay::{Replay, Replayed, Scanned};
use crate::http::Connection;

/// The `StreamSpecification` of the crash tables.
pub fn specification() -> Value {
    json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"})
}

/// Reads the stream of a table to its end, while nobody writes.
///
/// # Errors
/// An answer that is not success, a record that makes no sense.
pub async fn read(connection: &mut Connection, table: &Scanned<'_>) -> anyhow::Result<Replayed> {
    let name = json!({"TableName": table.name});
    let described = connection.expect("DescribeTable", &name).await?;
    let stream = &described["Table"]["LatestStreamArn"];
    let mut replay = Replay::new(table.name, table.keys);
    for shard in by_lineage(shards(connection, stream).await?)? {
        replay.shard(&shard).with_context(|| shard.to_string())?;
        read_shard(connection, stream, &shard, &mut replay).await?;
    }
    Ok(replay.end(table))
}

async fn shards(connection: &mut Connection, stream: &Value) -> anyhow::Result<Vec<Value>> {
    let mut input = json!({"StreamArn": stream});
    let mut shards = Vec::new();
    loop {
        let mut answer = connection.expect("DescribeStream", &input).await?;
        let page = &mut answer["StreamDescription"];
        shards.append(page["Shards"].as_array_mut().context("Shards")?);
        match page.get("LastEvaluatedShardId") {
            Some(last) => input["ExclusiveStartShardId"] = last.clone(),
            None => return Ok(shards),
        }
    }
}

/// Parents before their children.
fn by_lineage(mut waiting: Vec<Value>) -> anyhow::Result<Vec<Value>> {
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let waits = |shard: &Value| {
            waiting.iter().any(|other| Some(&other["ShardId"]) == shard.get("ParentShardId"))
        };
        let next = waiting.iter().position(|shard| !waits(shard));
        ordered.push(waiting.remove(next.context("shards are each other's parents")?));
    }
    Ok(ordered)
}

async fn read_shard(
    connection: &mut Connection,
    stream: &Value,
    shard: &Value,
    replay: &mut Replay,
) -> anyhow::Result<()> {
    let input = json!({
        "StreamArn": stream,
        "ShardId": shard["ShardId"],
        "ShardIteratorType": "TRIM_HORIZON",
    });
    let is_closed = shard["SequenceNumberRange"].get("EndingSequenceNumber").is_some();
    let mut answer = connection.expect("GetShardIterator", &input).await?;
    let mut iterator = answer["ShardIterator"].take();
    loop {
        let input = json!({"ShardIterator": iterator});
        let mut answer = connection.expect("GetRecords", &input).await?;
        let records = answer["Records"].as_array().context("Records")?;
        for record in records {
            replay.record(record).with_context(|| record.to_string())?;
        }
        // An open shard says that there is no more by showing none; a closed one ends. An open one
        // may be closed meanwhile: its children are empty, as nobody writes.
        let no_more = records.is_empty() && !is_closed;
        match answer.get_mut("NextShardIterator") {
            Some(next) if !no_more => iterator = next.take(),
            _ => return Ok(()),
        }
    }
}
