//! A client of the crash and fault rounds: it writes and reads, and remembers every word the server
//! said.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::bail;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::history::{History, SlotContent};
use super::tables::{ACCOUNTS, COUNTERS, account, counter};
use super::transfer::{Fate, Transfer};
use crate::http::Connection;

/// Rows that a client owns: few, so that they are overwritten often.
const SLOTS: u64 = 24;
/// The longest body: some rows span several blocks of the engine.
const BODY_BYTES_MAX: usize = 40_000;

/// Counts acknowledged operations up to the moment of the cut.
#[derive(Debug)]
pub struct Progress {
    acknowledged: AtomicU64,
    target: u64,
    reached: Notify,
}

impl Progress {
    /// The cut comes after `target` acknowledged operations.
    pub fn new(target: u64) -> Self {
        Self { acknowledged: AtomicU64::new(0), target, reached: Notify::new() }
    }

    /// Waits for the moment of the cut.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Acknowledged operations so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    fn acknowledge(&self) {
        if self.acknowledged.fetch_add(1, Ordering::Relaxed) + 1 == self.target {
            self.reached.notify_one();
        }
    }
}

/// One client.
#[derive(Debug)]
pub struct Client {
    number: usize,
    rng: StdRng,
    /// Tells this round's transfers from those of other rounds and clients.
    seed: u64,
    steps: u64,
    known: History,
    progress: Arc<Progress>,
}

/// What the server made of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The operation is done.
    Acknowledged,
    /// The operation is not done, because another transaction was.
    Refused,
    /// An internal error: it may be done or not.
    Failed,
    /// No answer, and no connection any more: it may be done or not.
    Gone,
}

impl Client {
    /// Client `number`, which owns the rows in `known`.
    pub fn new(number: usize, seed: u64, known: History, progress: Arc<Progress>) -> Self {
        assert!(known.items.keys().all(|(owner, _)| *owner == number), "nobody shares a row");
        Self { number, rng: StdRng::seed_from_u64(seed), seed, steps: 0, known, progress }
    }

    /// Works until the connection breaks; answers with what is known then.
    ///
    /// # Errors
    /// An answer that a sound server on a sound disk should never give.
    pub async fn run(mut self, mut connection: Connection) -> anyhow::Result<History> {
        loop {
            match self.step(&mut connection).await? {
                Reply::Acknowledged => self.progress.acknowledge(),
                Reply::Refused => {}
                Reply::Failed => bail!("an internal error on a sound disk"),
                Reply::Gone => return Ok(self.known),
            }
        }
    }

    /// Does one thing.
    ///
    /// # Errors
    /// An answer that a server should not even give when its disk fails.
    pub async fn step(&mut self, connection: &mut Connection) -> anyhow::Result<Reply> {
        self.steps += 1;
        match self.rng.random_range(0..11) {
            0..4 => self.put(connection).await,
            4 => self.delete(connection).await,
            5..7 => self.count(connection).await,
            7 => self.get(connection).await,
            _ => self.transfer(connection).await,
        }
    }

    /// What the client knows of its rows, counters and transfers.
    pub fn into_known(self) -> History {
        self.known
    }

    /// Reads a row that nobody else writes.
    async fn get(&mut self, connection: &mut Connection) -> anyhow::Result<Reply> {
        let slot = self.rng.random_range(0..SLOTS);
        let input = json!({"TableName": "items", "Key": self.key(slot), "ConsistentRead": true});
        let (reply, body) = self.send(connection, "GetItem", &input).await?;
        let known = self.known.items.get(&(self.number, slot)).cloned().unwrap_or_default();
        let seen = body.get("Item");
        if reply == Reply::Acknowledged && !known.admits(seen) {
            bail!("item {slot} of client {} reads as {seen:?}, known is {known:?}", self.number);
        }
        Ok(reply)
    }

    /// Puts a row.
    ///
    /// # Errors
    /// Those of [`Client::step`].
    pub async fn put(&mut self, connection: &mut Connection) -> anyhow::Result<Reply> {
        let slot = self.rng.random_range(0..SLOTS);
        let mut item = self.key(slot);
        item["stamp"] = json!({"N": self.steps.to_string()});
        item["body"] = json!({"S": self.body()});
        // One row in five is not in the index.
        if self.rng.random_range(0..5) > 0 {
            let group = self.rng.random_range(0..7);
            item["group"] = json!({"S": format!("group-{group}")});
        }
        let input = json!({"TableName": "items", "Item": item});
        let (reply, _) = self.send(connection, "PutItem", &input).await?;
        self.note(slot, Some(item), &reply);
        Ok(reply)
    }

    async fn delete(&mut self, connection: &mut Connection) -> anyhow::Result<Reply> {
        let slot = self.rng.random_range(0..SLOTS);
        let input = json!({"TableName": "items", "Key": self.key(slot)});
        let (reply, _) = self.send(connection, "DeleteItem", &input).await?;
        self.note(slot, None, &reply);
        Ok(reply)
    }

    async fn count(&mut self, connection: &mut Connection) -> anyhow::Result<Reply> {
        let counter = counter(self.rng.random_range(0..COUNTERS));
        let input = json!({
            "TableName": "counters",
            "Key": {"id": {"S": counter}},
            "UpdateExpression": "ADD #count :one",
            "ExpressionAttributeNames": {"#count": "count"},
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        });
        let (reply, _) = self.send(connection, "UpdateItem", &input).await?;
        let tally = self.known.counters.entry(counter).or_default();
        match reply {
            Reply::Acknowledged => tally.acknowledged += 1,
            Reply::Refused => {}
            Reply::Failed | Reply::Gone => tally.doubtful += 1,
        }
        Ok(reply)
    }

    async fn transfer(&mut self, connection: &mut Connection) -> anyhow::Result<Reply> {
        let from = self.rng.random_range(0..ACCOUNTS);
        let to = (from + self.rng.random_range(1..ACCOUNTS)) % ACCOUNTS;
        assert_ne!(from, to, "a transaction names no item twice");
        let (from, to) = (account(from), account(to));
        let amount = self.rng.random_range(1..50_i64);
        let id = format!("{}-{:x}-{}", self.number, self.seed, self.steps);
        let input = json!({"TransactItems": [
            {"Update": balance_update(&from, -amount)},
            {"Update": balance_update(&to, amount)},
            {"Put": {"TableName": "ledger", "Item": {
                "id": {"S": id},
                "from": {"S": from},
                "to": {"S": to},
                "amount": {"N": amount.to_string()},
            }}},
        ]});
        let (reply, _) = self.send(connection, "TransactWriteItems", &input).await?;
        let fate = match reply {
            Reply::Acknowledged => Fate::Done,
            Reply::Refused => Fate::Refused,
            Reply::Failed | Reply::Gone => Fate::Doubtful,
        };
        self.known.transfers.insert(id, Transfer { from, to, amount, fate });
        Ok(reply)
    }

    /// Sends an operation; only a conflict of transactions may be refused.
    async fn send(
        &self,
        connection: &mut Connection,
        operation: &str,
        input: &Value,
    ) -> anyhow::Result<(Reply, Value)> {
        let Ok((status, body)) = connection.call(operation, input).await else {
            return Ok((Reply::Gone, Value::Null));
        };
        let conflict = body["CancellationReasons"].as_array().is_some_and(|reasons| {
            reasons.iter().any(|reason| reason["Code"] == "TransactionConflict")
        });
        let failed =
            body["__type"].as_str().is_some_and(|kind| kind.ends_with("#InternalServerError"));
        let reply = match status {
            200 => Reply::Acknowledged,
            400 if conflict => Reply::Refused,
            500 if failed => Reply::Failed,
            _ => bail!("{operation} answered {status}: {body}"),
        };
        Ok((reply, body))
    }

    fn note(&mut self, slot: u64, written: Option<Value>, reply: &Reply) {
        let content = self.known.items.entry((self.number, slot)).or_default();
        match reply {
            Reply::Acknowledged => *content = SlotContent { sure: written, doubtful: Vec::new() },
            Reply::Refused => {}
            Reply::Failed | Reply::Gone => content.doubtful.push(written),
        }
    }

    fn key(&self, slot: u64) -> Value {
        json!({
            "client": {"S": format!("client-{}", self.number)},
            "slot": {"N": slot.to_string()},
        })
    }

    /// Text that no other write has, mostly short.
    fn body(&mut self) -> String {
        let longest = if self.rng.random_range(0..10) == 0 { BODY_BYTES_MAX } else { 400 };
        let word = format!("{:x}.{} ", self.seed, self.steps);
        word.repeat(self.rng.random_range(1..=longest / word.len()))
    }
}

fn balance_update(account: &str, amount: i64) -> Value {
    json!({
        "TableName": "accounts",
        "Key": {"id": {"S": account}},
        "UpdateExpression": "SET balance = balance + :amount",
        "ExpressionAttributeValues": {":amount": {"N": amount.to_string()}},
    })
}
