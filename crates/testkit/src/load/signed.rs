//! The bench's table and requests for servers besides Stator: with true signatures, and without
//! anything that Stator alone has.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use anyhow::{bail, ensure};
use serde_json::Value;

use super::data::{self, Call};
use super::{Measured, Scenario, on_each, prepare_as, repeat_all};
use crate::http::Connection;
use crate::signature::signed_request;

/// How often a table that is being created is looked at, and how long.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS_MAX: usize = 600;
/// How long one answer may take: a server that hangs must not hang the bench.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Creates the bench's table, waits until it is in use, and writes the first `items` items.
///
/// # Errors
/// A broken connection; any answer but 200; a table that does not become active; items left
/// unprocessed.
pub async fn set_up(address: SocketAddr, items: usize, connections: usize) -> anyhow::Result<()> {
    let mut connection = Connection::open(address).await?;
    call(&mut connection, data::create_table()).await?;
    wait_until_active(&mut connection).await?;
    let part = |number, mut connection: Connection| {
        let batches = data::batches(items).skip(number).step_by(connections);
        async move {
            for batch in batches {
                let answer = call(&mut connection, ("BatchWriteItem", batch)).await?;
                let left = answer["UnprocessedItems"].as_object();
                ensure!(left.is_none_or(serde_json::Map::is_empty), "items left: {answer}");
            }
            Ok(())
        }
    };
    on_each(address, connections, part).await
}

/// As [`super::drive`], with true signatures.
///
/// # Errors
/// As [`super::drive`].
pub async fn drive(
    address: SocketAddr,
    scenario: Scenario,
    connections: usize,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    let now = SystemTime::now();
    let sign = |operation: &str, body: &str| signed_request(operation, body, now);
    let requests = (0..connections).map(|number| prepare_as(scenario, number, connections, sign));
    let driven = repeat_all(address, requests.collect(), lasting);
    tokio::time::timeout(lasting + ANSWER_MAX, driven).await?
}

async fn wait_until_active(connection: &mut Connection) -> anyhow::Result<()> {
    for _ in 0..LOOKS_MAX {
        let answer = call(connection, data::describe_table()).await?;
        if answer["Table"]["TableStatus"] == "ACTIVE" {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bail!("the table does not become active")
}

/// An operation's answer, which must be a good one.
async fn call(connection: &mut Connection, (operation, input): Call) -> anyhow::Result<Value> {
    let request = signed_request(operation, &input.to_string(), SystemTime::now());
    let answer = tokio::time::timeout(ANSWER_MAX, connection.exchange(&request)).await??;
    let body = String::from_utf8_lossy(answer.body);
    ensure!(answer.status == 200, "{operation} was answered {}: {body}", answer.status);
    Ok(serde_json::from_str(&body)?)
}
