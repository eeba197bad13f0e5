//! The bench's table with global indexes that have all of every item, and queries on one of them.
//!
//! All are sorted by `likes`, which every put changes: so a put takes an entry out of each index
//! and writes another one, the most that an index can ask of it.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use super::data::{self, Call};
use super::{ITEMS, Measured, PARTITION_ITEMS, repeat_all};
use crate::http::request;

/// What creates the table with so many indexes.
pub fn create_table_with_indexes(count: usize) -> Call {
    let (operation, mut input) = data::create_table();
    if count > 0 {
        let likes = json!({"AttributeName": "likes", "AttributeType": "N"});
        input["AttributeDefinitions"].as_array_mut().into_iter().for_each(|all| {
            all.push(likes.clone());
        });
        input["GlobalSecondaryIndexes"] = (0..count).map(index).collect::<Value>();
    }
    (operation, input)
}

/// Queries partitions of the first index, as [`super::drive`] does those of the table.
///
/// # Errors
/// As [`super::drive`].
pub async fn drive(
    address: SocketAddr,
    connections: usize,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    let partitions = ITEMS / PARTITION_ITEMS;
    let requests = (0..connections).map(|number| {
        let own = (number..partitions).step_by(connections);
        let calls = own.map(|partition| {
            let (operation, mut input) = data::query(partition);
            input["IndexName"] = json!(name(0));
            request(operation, &input.to_string())
        });
        calls.collect()
    });
    repeat_all(address, requests.collect(), lasting).await
}

fn index(number: usize) -> Value {
    json!({
        "IndexName": name(number),
        "KeySchema": [
            {"AttributeName": "owner", "KeyType": "HASH"},
            {"AttributeName": "likes", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    })
}

fn name(number: usize) -> String {
    format!("by-likes-{number:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_declares_its_index_key_only_if_it_has_an_index() {
        let attributes = |count| {
            let (_, input) = create_table_with_indexes(count);
            let indexes = input["GlobalSecondaryIndexes"].as_array().map_or(0, Vec::len);
            (input["AttributeDefinitions"].as_array().map_or(0, Vec::len), indexes)
        };
        assert_eq!(attributes(0), (2, 0));
        assert_eq!(attributes(20), (3, 20));
    }
}
