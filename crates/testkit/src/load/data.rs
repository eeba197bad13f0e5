//! The bench's table, its items, and the requests on them.

use std::ops::Range;

use serde_json::{Value, json};

/// Items in the table while speed is measured.
pub const ITEMS: usize = 10_240;
/// Items of a partition: what one Query answers.
pub const PARTITION_ITEMS: usize = 20;
/// A BatchWriteItem takes no more.
pub(super) const BATCH_ITEMS: usize = 25;
/// The table's name.
pub(super) const TABLE: &str = "bench";
/// How each partition's name begins; eight digits follow. Nothing else has it.
pub(super) const OWNER: &str = "owner#";

/// Partition and place in it.
pub type Key = (usize, usize);

/// An operation and its input.
pub type Call = (&'static str, Value);

/// What creates the table.
pub fn create_table() -> Call {
    let input = json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "owner", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "owner", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
    });
    ("CreateTable", input)
}

/// What creates the table with a stream of this view.
pub fn create_table_with_stream(view: &str) -> Call {
    let (operation, mut input) = create_table();
    input["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": view});
    (operation, input)
}

/// What adds an index to the table: it has every item, and everything of it.
pub fn create_index() -> Call {
    let input = json!({
        "TableName": TABLE,
        "AttributeDefinitions": [
            {"AttributeName": "owner", "AttributeType": "S"},
            {"AttributeName": "likes", "AttributeType": "N"},
        ],
        "GlobalSecondaryIndexUpdates": [{"Create": {
            "IndexName": "by-likes",
            "KeySchema": [
                {"AttributeName": "owner", "KeyType": "HASH"},
                {"AttributeName": "likes", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }}],
    });
    ("UpdateTable", input)
}

/// What lets items expire by the attribute that [`expiring_batches`] gives them.
pub fn enable_expiry() -> Call {
    let specification = json!({"AttributeName": "until", "Enabled": true});
    ("UpdateTimeToLive", json!({"TableName": TABLE, "TimeToLiveSpecification": specification}))
}

/// What tells how far an index is, and how many items there are.
pub fn describe_table() -> Call {
    ("DescribeTable", json!({"TableName": TABLE}))
}

/// The first `items` items, as inputs of BatchWriteItem.
pub fn batches(items: usize) -> impl Iterator<Item = Value> {
    batches_of(0..items, |key| item(key, 0))
}

/// As many items behind those of speed, which expire at that second of the epoch.
pub fn expiring_batches(items: usize, until_seconds: u64) -> impl Iterator<Item = Value> {
    batches_of(ITEMS..ITEMS + items, move |key| {
        let mut item = item(key, 0);
        item["until"] = json!({"N": until_seconds.to_string()});
        item
    })
}

fn batches_of(
    numbers: Range<usize>,
    item: impl Fn(Key) -> Value + Copy,
) -> impl Iterator<Item = Value> {
    numbers.clone().step_by(BATCH_ITEMS).map(move |first| {
        let numbers = first..(first + BATCH_ITEMS).min(numbers.end);
        let puts = numbers.map(|number| {
            let key = (number / PARTITION_ITEMS, number % PARTITION_ITEMS);
            json!({"PutRequest": {"Item": item(key)}})
        });
        json!({"RequestItems": {TABLE: puts.collect::<Value>()}})
    })
}

pub(super) fn get(key: Key) -> Call {
    ("GetItem", json!({"TableName": TABLE, "Key": key_of(key)}))
}

pub(super) fn put(key: Key, revision: usize) -> Call {
    ("PutItem", json!({"TableName": TABLE, "Item": item(key, revision)}))
}

pub(super) fn query(partition: usize) -> Call {
    let input = json!({
        "TableName": TABLE,
        "KeyConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": {":owner": {"S": owner(partition)}},
    });
    ("Query", input)
}

pub(super) fn update(key: Key) -> Call {
    let input = json!({
        "TableName": TABLE,
        "Key": key_of(key),
        "UpdateExpression": "SET likes = likes + :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    });
    ("UpdateItem", input)
}

pub(super) fn transact(keys: [Key; 2], revision: usize) -> Call {
    let puts = keys.map(|key| json!({"Put": {"TableName": TABLE, "Item": item(key, revision)}}));
    ("TransactWriteItems", json!({"TransactItems": puts}))
}

pub(super) fn count() -> Call {
    let input = json!({
        "TableName": TABLE,
        "Key": {"owner": {"S": "everybody"}, "at": {"N": "0"}},
        "UpdateExpression": "ADD visits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    });
    ("UpdateItem", input)
}

pub(super) fn owner(partition: usize) -> String {
    format!("{OWNER}{partition:08}")
}

fn key_of((partition, at): Key) -> Value {
    json!({"owner": {"S": owner(partition)}, "at": {"N": at.to_string()}})
}

/// An item whose GetItem answer has about 600 bytes. Putting the same revision again would write
/// nothing.
fn item(key: Key, revision: usize) -> Value {
    let mut item = key_of(key);
    item["title"] = json!({"S": "A bench item of ordinary size"});
    item["text"] = json!({"S": "The quick brown fox jumps over the lazy dog. ".repeat(7)});
    item["likes"] = json!({"N": (1000 + revision).to_string()});
    item["score"] = json!({"N": "98.6"});
    item["public"] = json!({"BOOL": true});
    item["tags"] = json!({"SS": ["amber", "blue", "cyan"]});
    item["place"] = json!({"M": {"city": {"S": "Lisbon"}, "floor": {"N": "3"}}});
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_one_item_has_about_600_bytes() {
        let answer = json!({"Item": item((1, 2), 0)}).to_string();
        assert!((590..=610).contains(&answer.len()), "{}", answer.len());
    }

    #[test]
    fn batches_hold_every_item_once() {
        let mut count = 0;
        for batch in batches(60) {
            count += batch["RequestItems"][TABLE].as_array().map_or(0, Vec::len);
        }
        assert_eq!(count, 60);
    }
}
