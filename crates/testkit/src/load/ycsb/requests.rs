//! The table of the workloads, its items, and the requests on them.

use serde_json::{Value, json};

use super::zipf::scatter;
use crate::http::request;
use crate::load::data::{BATCH_ITEMS, Call};
use crate::load::text::digits;

/// YCSB's name for it.
const TABLE: &str = "usertable";
/// Fields of an item, and what each has: YCSB's records of 1 KB.
pub(super) const FIELDS: u32 = 10;
const FIELD_BYTES: usize = 100;
/// The items that a partition has at the beginning, more or less.
const PARTITION_ITEMS: u64 = 1000;

/// Where items are: their hashes are spread over partitions, and order them there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    partitions: u64,
}

/// What creates the table.
pub fn create_table() -> Call {
    let input = json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "thread", "AttributeType": "S"},
            {"AttributeName": "post", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "thread", "KeyType": "HASH"},
            {"AttributeName": "post", "KeyType": "RANGE"},
        ],
    });
    ("CreateTable", input)
}

impl Layout {
    /// That of a table into which so many items were loaded.
    pub(super) fn of(loaded: u64) -> Self {
        Self { partitions: loaded.div_ceil(PARTITION_ITEMS).max(1) }
    }

    /// The items below this number, as inputs of BatchWriteItem.
    pub(super) fn batches(self, items: u64) -> impl Iterator<Item = Value> {
        (0..items).step_by(BATCH_ITEMS).map(move |first| {
            let numbers = first..(first + BATCH_ITEMS as u64).min(items);
            let puts = numbers.map(|number| json!({"PutRequest": {"Item": self.item(number)}}));
            json!({"RequestItems": {TABLE: puts.collect::<Value>()}})
        })
    }

    pub(super) fn get(self, number: u64) -> Vec<u8> {
        let (thread, post) = self.key(number);
        let body = format!(
            r#"{{"TableName":"{TABLE}","Key":{{"thread":{{"S":"{thread}"}},"post":{{"S":"{post}"}}}}}}"#
        );
        request("GetItem", &body)
    }

    pub(super) fn put(self, number: u64) -> Vec<u8> {
        request("PutItem", &json!({"TableName": TABLE, "Item": self.item(number)}).to_string())
    }

    /// Gives a field of an item a value of this seed.
    pub(super) fn update(self, number: u64, field: u32, seed: u64) -> Vec<u8> {
        let (thread, post) = self.key(number);
        let value = field_value(seed);
        let body = format!(
            r##"{{"TableName":"{TABLE}","Key":{{"thread":{{"S":"{thread}"}},"post":{{"S":"{post}"}}}},"UpdateExpression":"SET field{field} = :value","ExpressionAttributeValues":{{":value":{{"S":"{value}"}}}}}}"##
        );
        request("UpdateItem", &body)
    }

    /// At most `limit` items of a partition, from that one on.
    pub(super) fn range(self, number: u64, limit: u32) -> Vec<u8> {
        let (thread, post) = self.key(number);
        let body = format!(
            r##"{{"TableName":"{TABLE}","Limit":{limit},"KeyConditionExpression":"#thread = :thread AND #post >= :post","ExpressionAttributeNames":{{"#thread":"thread","#post":"post"}},"ExpressionAttributeValues":{{":thread":{{"S":"{thread}"}},":post":{{"S":"{post}"}}}}}}"##
        );
        request("Query", &body)
    }

    /// Partition and sort. YCSB, too, makes keys of hashes, so that inserts come everywhere.
    fn key(self, number: u64) -> (String, String) {
        let hash = scatter(number);
        (format!("thread{:08}", hash % self.partitions), format!("user{hash:020}"))
    }

    fn item(self, number: u64) -> Value {
        let (thread, post) = self.key(number);
        let mut item = json!({"thread": {"S": thread}, "post": {"S": post}});
        for field in 0..FIELDS {
            let seed = number * u64::from(FIELDS) + u64::from(field);
            item[format!("field{field}")] = json!({"S": field_value(seed)});
        }
        item
    }
}

fn field_value(seed: u64) -> String {
    digits(seed, FIELD_BYTES)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    fn body(request: &[u8]) -> Value {
        let text = std::str::from_utf8(request).unwrap();
        serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    #[test]
    fn an_item_has_a_kilobyte_in_ten_fields() {
        let item = Layout::of(5000).item(7);
        let fields = item.as_object().unwrap().iter().filter(|(name, _)| name.starts_with("field"));
        let lengths: Vec<usize> =
            fields.map(|(_, value)| value["S"].as_str().unwrap().len()).collect();
        assert_eq!(lengths, [FIELD_BYTES; 10]);
    }

    #[test]
    fn items_are_spread_evenly_over_partitions() {
        let layout = Layout::of(10_000);
        let mut partitions: HashMap<String, usize> = HashMap::new();
        for number in 0..10_000 {
            *partitions.entry(layout.key(number).0).or_default() += 1;
        }
        assert_eq!(partitions.len(), 10);
        assert!(partitions.values().all(|items| (800..1200).contains(items)), "{partitions:?}");
    }

    #[test]
    fn batches_hold_every_item_once() {
        let layout = Layout::of(60);
        let mut posts = HashSet::new();
        for batch in layout.batches(60) {
            for put in batch["RequestItems"][TABLE].as_array().unwrap() {
                posts.insert(put["PutRequest"]["Item"]["post"].to_string());
            }
        }
        assert_eq!(posts.len(), 60);
    }

    #[test]
    fn every_request_is_for_the_item_of_its_number() {
        let layout = Layout::of(5000);
        let (thread, post) = layout.key(7);
        let (thread, post) = (json!({"S": thread}), json!({"S": post}));
        let key = json!({"thread": thread, "post": post});
        assert_eq!(body(&layout.get(7))["Key"], key);
        assert_eq!(body(&layout.put(7))["Item"]["post"], post);
        let update = body(&layout.update(7, 3, 1));
        assert_eq!(update["Key"], key);
        assert_eq!(update["UpdateExpression"], "SET field3 = :value");
        let range = body(&layout.range(7, 100));
        let values = json!({":thread": thread, ":post": post});
        assert_eq!(range["ExpressionAttributeValues"], values);
        assert_eq!(range["Limit"], 100);
    }
}
