//! Items of any size: the rate at which whole items come and go.
//!
//! Each item has a partition of its own and consists of its key and one text. Each connection keeps
//! to items of its own.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use super::data::TABLE;
use super::text::digits;
use super::{Measured, Scenario, on_each, prepared, repeat_all};
use crate::http::{Connection, request};

/// What an item may have, in DynamoDB's counting: up to its limit of 400 KB.
pub const ITEM_BYTES: RangeInclusive<usize> = 64..=400 * 1024;
/// What an item has besides its text: names, partition and the number zero.
const OTHER_BYTES: usize = 33;
/// What an answer with an item has besides its text.
const ANSWER_OTHER_BYTES: usize = 79;

/// Items of one size.
#[derive(Debug, Clone, Copy)]
pub struct Items {
    /// The size of each, within [`ITEM_BYTES`].
    pub bytes: usize,
    /// How many there are.
    pub count: usize,
}

/// How long a GetItem's answer is.
pub fn answer_bytes(item_bytes: usize) -> usize {
    item_bytes - OTHER_BYTES + ANSWER_OTHER_BYTES
}

/// Puts the items, into the bench's table.
///
/// # Errors
/// A broken connection; any answer but 200; a size that no item has.
pub async fn fill(address: SocketAddr, items: Items, connections: usize) -> anyhow::Result<()> {
    items.check()?;
    let part = |connection, mut client: Connection| async move {
        for number in items.of_connection(connection, connections) {
            client.expect("PutItem", &items.put(number, 0)).await?;
        }
        Ok(())
    };
    on_each(address, connections, part).await
}

/// Gets or puts the items over and over for `lasting`.
///
/// # Errors
/// A broken connection; any answer but 200; other scenarios; fewer items than connections.
pub async fn drive(
    address: SocketAddr,
    scenario: Scenario,
    items: Items,
    connections: usize,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    items.check()?;
    ensure!(items.count >= connections, "each connection has an item of its own");
    let mut requests = Vec::new();
    for connection in 0..connections {
        requests.push(items.requests(scenario, connection, connections)?);
    }
    repeat_all(address, requests, lasting).await
}

impl Items {
    fn check(self) -> anyhow::Result<()> {
        ensure!(ITEM_BYTES.contains(&self.bytes), "no item of {} bytes", self.bytes);
        Ok(())
    }

    /// The items that a connection keeps to.
    fn of_connection(self, connection: usize, connections: usize) -> impl Iterator<Item = usize> {
        (connection..self.count).step_by(connections)
    }

    /// What a connection repeats. Each put leaves another text than the one before it, also than
    /// the one of the run before, which was another process.
    fn requests(
        self,
        scenario: Scenario,
        connection: usize,
        connections: usize,
    ) -> anyhow::Result<Vec<Vec<u8>>> {
        let numbers =
            || self.of_connection(connection, connections).take(prepared(connections) / 2);
        let revision = u64::from(std::process::id()) << 1;
        let puts = |revision| numbers().map(move |number| ("PutItem", self.put(number, revision)));
        let calls: Vec<(&str, Value)> = match scenario {
            Scenario::Get => numbers().map(|number| ("GetItem", self.get(number))).collect(),
            Scenario::Put => puts(revision).chain(puts(revision + 1)).collect(),
            Scenario::Query | Scenario::Update | Scenario::Transact | Scenario::HotCounter => {
                bail!("items of a size are only got and put")
            }
        };
        Ok(calls.iter().map(|(operation, input)| request(operation, &input.to_string())).collect())
    }

    fn get(self, number: usize) -> Value {
        let key = json!({"owner": {"S": self.owner(number)}, "at": {"N": "0"}});
        json!({"TableName": TABLE, "Key": key})
    }

    fn put(self, number: usize, revision: u64) -> Value {
        json!({"TableName": TABLE, "Item": self.item(number, revision)})
    }

    fn item(self, number: usize, revision: u64) -> Value {
        let text = digits((number as u64) << 40 ^ revision, self.bytes - OTHER_BYTES);
        json!({"owner": {"S": self.owner(number)}, "at": {"N": "0"}, "text": {"S": text}})
    }

    /// Names of one length for items of all sizes.
    fn owner(self, number: usize) -> String {
        format!("sized#{:06}#{number:08}", self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_item_and_its_answer_have_the_bytes_that_were_asked_for() {
        for bytes in [*ITEM_BYTES.start(), 1000, *ITEM_BYTES.end()] {
            let item = Items { bytes, count: 10 }.item(7, 1);
            let names: usize = item.as_object().unwrap().keys().map(String::len).sum();
            let texts = ["owner", "text"].map(|name| item[name]["S"].as_str().unwrap().len());
            // The number zero has one byte.
            assert_eq!(names + texts.iter().sum::<usize>() + 1, bytes);
            assert_eq!(json!({"Item": item}).to_string().len(), answer_bytes(bytes));
        }
    }

    #[test]
    fn connections_keep_to_items_of_their_own_and_put_nothing_twice() {
        let items = Items { bytes: 100, count: 40 };
        let requests = |scenario, connection| items.requests(scenario, connection, 32).unwrap();
        let gets: HashSet<_> = (0..32).flat_map(|n| requests(Scenario::Get, n)).collect();
        assert_eq!(gets.len(), 40);
        let puts = requests(Scenario::Put, 0);
        assert_eq!(puts.len(), 4);
        assert_eq!(puts.iter().collect::<HashSet<_>>().len(), 4);
        assert!(items.requests(Scenario::Query, 0, 32).is_err());
    }
}
