//! Load of large items: what fills memory fastest.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::json;

use super::data::TABLE;
use super::on_each;
use crate::http::{Connection, request};

/// Nearly the 400 KB that an item may have.
const ITEM_BYTES: usize = 390_000;
/// Items of a connection, put again and again.
const ITEMS: usize = 16;
/// After so many puts a connection reads a page of its partition.
const PUTS_PER_QUERY: usize = 8;

/// Puts large items and queries pages of them, from `connections` connections for `lasting`.
///
/// # Errors
/// A broken connection; any answer but 200.
pub async fn drive(
    address: SocketAddr,
    connections: usize,
    lasting: Duration,
) -> anyhow::Result<()> {
    let until = Instant::now() + lasting;
    on_each(address, connections, |number, connection| repeat(connection, number, until)).await
}

async fn repeat(mut connection: Connection, number: usize, until: Instant) -> anyhow::Result<()> {
    let owner = format!("large#{number}");
    let query = json!({
        "TableName": TABLE,
        "KeyConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": {":owner": {"S": owner}},
    });
    let query = request("Query", &query.to_string());
    let mut puts = 0;
    while Instant::now() < until {
        let text = format!("{puts}.").repeat(ITEM_BYTES / (puts.to_string().len() + 1));
        let item = json!({
            "owner": {"S": owner},
            "at": {"N": (puts % ITEMS).to_string()},
            "text": {"S": text},
        });
        let put = json!({"TableName": TABLE, "Item": item});
        call(&mut connection, &request("PutItem", &put.to_string())).await?;
        puts += 1;
        if puts % PUTS_PER_QUERY == 0 {
            call(&mut connection, &query).await?;
        }
    }
    Ok(())
}

async fn call(connection: &mut Connection, request: &[u8]) -> anyhow::Result<()> {
    let answer = connection.exchange(request).await?;
    let body = String::from_utf8_lossy(&answer.body[..answer.body.len().min(1000)]);
    ensure!(answer.status == 200, "answered {}: {body}", answer.status);
    Ok(())
}
