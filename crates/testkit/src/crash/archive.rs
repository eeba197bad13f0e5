//! The table whose index comes and goes while the server is cut.
//!
//! It has many rows, so that a cut finds the index's backfill, or its removal, under way. One
//! client has the index added or removed at the start of a round and then writes rows until the
//! connection breaks; some of them fit the index, some do not. Nothing is remembered of what it
//! wrote: what counts is that the index, once it has settled, is the one its table gives.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::observed::{ScannedIndex, scan};
use crate::http::Connection;

const TABLE: &str = "archive";
const INDEX: &str = "by-shelf";
/// Rows at first.
const ROWS: u64 = 20_000;
/// Rows of one BatchWriteItem.
const BATCH: u64 = 25;
/// How often an index on its way is looked at, and how long it may take.
const SETTLE_POLL: Duration = Duration::from_millis(10);
const SETTLE_POLLS: usize = 6000;

/// Creates and fills the table, unless it is there.
///
/// # Errors
/// Any answer but success.
pub async fn create_missing(connection: &mut Connection) -> anyhow::Result<()> {
    let there = connection.expect("ListTables", &json!({})).await?;
    if there["TableNames"].as_array().context("TableNames")?.contains(&TABLE.into()) {
        return Ok(());
    }
    let table = json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    });
    connection.expect("CreateTable", &table).await?;
    for first in (0..ROWS).step_by(usize::try_from(BATCH)?) {
        let rows = first..first + BATCH;
        let puts: Vec<Value> =
            rows.map(|id| json!({"PutRequest": {"Item": row(id, id % 100)}})).collect();
        connection.expect("BatchWriteItem", &json!({"RequestItems": {TABLE: puts}})).await?;
    }
    Ok(())
}

/// Has the index added, or removed where it is there, and writes until the connection breaks.
///
/// # Errors
/// An answer that there is no reason for.
pub async fn churn(mut connection: Connection, seed: u64) -> anyhow::Result<()> {
    if let Err(error) = toggle(&mut connection).await {
        return unless_broken(error);
    }
    let mut rng = StdRng::seed_from_u64(seed);
    loop {
        let (id, shelf) = (rng.random_range(0..ROWS), rng.random_range(0..120));
        let input = json!({"TableName": TABLE, "Item": row(id, shelf)});
        match connection.call("PutItem", &input).await {
            Err(_) => return Ok(()),
            // A row that does not fit is refused once the index is complete.
            Ok((200 | 400, _)) => {}
            Ok((status, body)) => bail!("PutItem answered {status}: {body}"),
        }
    }
}

/// Waits until the index has come or gone, and reads it beside its table; `None` if it has gone.
///
/// # Errors
/// An answer that is not success; an index that takes too long.
pub async fn read(connection: &mut Connection) -> anyhow::Result<Option<ScannedIndex>> {
    let Some(described) = settled(connection).await? else { return Ok(None) };
    let rows = scan(connection, TABLE, Some(INDEX)).await?;
    let mut table = scan(connection, TABLE, None).await?;
    table.retain(|row| row["shelf"]["S"].is_string());
    let index = ScannedIndex::new(INDEX, rows, &table, &["shelf"]);
    let counted = described["ItemCount"].as_u64().context("ItemCount")?;
    ensure!(counted == index.rows.len() as u64, "{INDEX} counts {counted} rows");
    Ok(Some(index))
}

/// A row of every fifth shelf does not fit the index, and one of the highest lacks its attribute.
fn row(id: u64, shelf: u64) -> Value {
    let mut row = json!({"id": {"N": id.to_string()}, "body": {"S": "b".repeat(100)}});
    match shelf {
        100.. => {}
        _ if shelf.is_multiple_of(5) => row["shelf"] = json!({"N": shelf.to_string()}),
        _ => row["shelf"] = json!({"S": format!("shelf-{shelf}")}),
    }
    row
}

async fn toggle(connection: &mut Connection) -> anyhow::Result<()> {
    let update = match described(connection).await? {
        Some(_) => json!({
            "TableName": TABLE,
            "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": INDEX}}],
        }),
        None => json!({
            "TableName": TABLE,
            "AttributeDefinitions": [{"AttributeName": "shelf", "AttributeType": "S"}],
            "GlobalSecondaryIndexUpdates": [{"Create": {
                "IndexName": INDEX,
                "KeySchema": [{"AttributeName": "shelf", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }}],
        }),
    };
    connection.expect("UpdateTable", &update).await.map(drop)
}

/// The connection may break at any time: that is the cut.
fn unless_broken(error: anyhow::Error) -> anyhow::Result<()> {
    if error.downcast_ref::<std::io::Error>().is_some() { Ok(()) } else { Err(error) }
}

/// The index's description, if it is there.
async fn described(connection: &mut Connection) -> anyhow::Result<Option<Value>> {
    let answer = connection.expect("DescribeTable", &json!({"TableName": TABLE})).await?;
    let mut indexes = answer["Table"]["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
    Ok(indexes.next().cloned())
}

async fn settled(connection: &mut Connection) -> anyhow::Result<Option<Value>> {
    for _ in 0..SETTLE_POLLS {
        match described(connection).await? {
            Some(index) if index["IndexStatus"] != "ACTIVE" => {
                tokio::time::sleep(SETTLE_POLL).await;
            }
            index => return Ok(index),
        }
    }
    bail!("{INDEX} does not settle")
}
