//! What clients ask, as JSON, and what it makes of an item.

use serde_json::{Value, json};

/// Items of the two tables: some in one that has indexes and time to live, and some in one without.
pub(crate) const SLOTS: usize = 8;
const SLOTS_OF_T: usize = 6;
/// Both tables.
pub(crate) const TABLES: [&str; 2] = ["with-indexes", "without"];

/// An operation of a client.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Write(Write),
    Transact { writes: Vec<Write>, is_sent_twice: bool },
    Batch(Vec<Write>),
    Get(usize),
    TransactGet(Vec<usize>),
    BatchGet(Vec<usize>),
    Scan { is_by_index: bool },
    Query { p: u64, is_by_index: bool },
}

/// A change of one item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Write {
    pub(crate) slot: usize,
    /// No other write has it; the item has it from then on.
    pub(crate) id: u64,
    pub(crate) action: Action,
    pub(crate) condition: Condition,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    /// Another item, perhaps with the second at which it expires, counted from the first one.
    Put {
        v: u64,
        until_s: Option<u64>,
    },
    /// One more for the item's counter.
    Add {
        v: u64,
    },
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    None,
    Present,
    Absent,
}

/// The second at which the first life begins.
pub(crate) const FIRST_SECOND: u64 = 1_800_000_000;

/// The table of a slot.
pub(crate) fn table_of(slot: usize) -> &'static str {
    TABLES[usize::from(slot >= SLOTS_OF_T)]
}

/// The slots of a table.
pub(crate) fn slots_of(table: &str) -> std::ops::Range<usize> {
    if table == TABLES[0] { 0..SLOTS_OF_T } else { SLOTS_OF_T..SLOTS }
}

/// The key of a slot.
pub(crate) fn key_of(slot: usize) -> Value {
    json!({"p": {"S": format!("p{}", slot % 2)}, "c": {"S": format!("c{}", slot / 2)}})
}

/// The slot of an item in a table.
pub(crate) fn slot_of(table: &str, item: &Value) -> Option<usize> {
    slots_of(table).find(|slot| {
        let key = key_of(*slot);
        item["p"] == key["p"] && item["c"] == key["c"]
    })
}

/// The id of the write that left the item.
pub(crate) fn id_of(item: &Value) -> Option<u64> {
    item["w"]["N"].as_str()?.parse().ok()
}

/// How both tables are created.
pub(crate) fn declarations() -> [Value; 2] {
    let attribute = |name: &str, kind: &str| json!({"AttributeName": name, "AttributeType": kind});
    let key = |name: &str, role: &str| json!({"AttributeName": name, "KeyType": role});
    let keys = json!([key("p", "HASH"), key("c", "RANGE")]);
    let stream = json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"});
    let all = json!({"ProjectionType": "ALL"});
    let attributes = [("p", "S"), ("c", "S"), ("v", "S"), ("n", "N")];
    let attributes = attributes.map(|(name, kind)| attribute(name, kind));
    [
        json!({
            "TableName": TABLES[0], "BillingMode": "PAY_PER_REQUEST", "KeySchema": keys,
            "AttributeDefinitions": attributes, "StreamSpecification": stream,
            "GlobalSecondaryIndexes": [{"IndexName": "by-v", "Projection": all,
                "KeySchema": [key("v", "HASH")]}],
            "LocalSecondaryIndexes": [{"IndexName": "by-n", "Projection": all,
                "KeySchema": [key("p", "HASH"), key("n", "RANGE")]}],
        }),
        json!({
            "TableName": TABLES[1], "BillingMode": "PAY_PER_REQUEST", "KeySchema": keys,
            "AttributeDefinitions": &attributes[..2], "StreamSpecification": stream,
        }),
    ]
}

impl Write {
    /// What it makes of an item.
    pub(crate) fn applied(&self, before: Option<&Value>) -> Option<Value> {
        let mut item = match (self.action, before) {
            (Action::Delete, _) => return None,
            (Action::Add { .. }, Some(before)) => before.clone(),
            _ => key_of(self.slot),
        };
        item["w"] = json!({"N": self.id.to_string()});
        let n = item["n"]["N"].as_str().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        match self.action {
            Action::Put { v, until_s } => {
                item["n"] = json!({"N": "0"});
                item["v"] = json!({"S": format!("v{v}")});
                if let Some(until_s) = until_s {
                    item["until"] = json!({"N": (FIRST_SECOND + until_s).to_string()});
                }
            }
            Action::Add { v } => {
                item["n"] = json!({"N": (n + 1).to_string()});
                item["v"] = json!({"S": format!("v{v}")});
            }
            Action::Delete => {}
        }
        Some(item)
    }

    /// The input of PutItem, UpdateItem or DeleteItem, and of their likes in transactions.
    fn input(&self) -> Value {
        let mut input = json!({"TableName": table_of(self.slot)});
        match self.action {
            Action::Put { .. } => input["Item"] = self.applied(None).unwrap_or_default(),
            Action::Add { v } => {
                input["Key"] = key_of(self.slot);
                input["UpdateExpression"] = "SET w = :w, v = :v ADD n :one".into();
                input["ExpressionAttributeValues"] = json!({
                    ":w": {"N": self.id.to_string()}, ":v": {"S": format!("v{v}")},
                    ":one": {"N": "1"},
                });
            }
            Action::Delete => input["Key"] = key_of(self.slot),
        }
        match self.condition {
            Condition::None => {}
            Condition::Present => input["ConditionExpression"] = "attribute_exists(p)".into(),
            Condition::Absent => input["ConditionExpression"] = "attribute_not_exists(p)".into(),
        }
        input
    }

    fn operation(&self) -> &'static str {
        match self.action {
            Action::Put { .. } => "PutItem",
            Action::Add { .. } => "UpdateItem",
            Action::Delete => "DeleteItem",
        }
    }
}

impl Operation {
    /// Its name and its input.
    pub(crate) fn request(&self) -> (&'static str, Value) {
        match self {
            Self::Write(write) => {
                let mut input = write.input();
                input["ReturnValues"] = match write.action {
                    Action::Add { .. } => "ALL_NEW".into(),
                    _ => "ALL_OLD".into(),
                };
                input["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD".into();
                (write.operation(), input)
            }
            Self::Transact { writes, .. } => {
                let items: Vec<Value> = writes
                    .iter()
                    .map(|write| {
                        let name = write.operation().trim_end_matches("Item");
                        json!({name: write.input()})
                    })
                    .collect();
                let token = format!("token-{}", writes.first().map_or(0, |write| write.id));
                ("TransactWriteItems", json!({"TransactItems": items, "ClientRequestToken": token}))
            }
            Self::Batch(writes) => {
                let mut tables = json!({});
                for write in writes {
                    let request = match write.applied(None) {
                        Some(item) => json!({"PutRequest": {"Item": item}}),
                        None => json!({"DeleteRequest": {"Key": key_of(write.slot)}}),
                    };
                    let table = &mut tables[table_of(write.slot)];
                    match table.as_array_mut() {
                        Some(requests) => requests.push(request),
                        None => *table = json!([request]),
                    }
                }
                ("BatchWriteItem", json!({"RequestItems": tables}))
            }
            read => read.reading(),
        }
    }

    fn reading(&self) -> (&'static str, Value) {
        match self {
            Self::Get(slot) => (
                "GetItem",
                json!({
                    "TableName": table_of(*slot), "Key": key_of(*slot), "ConsistentRead": true,
                }),
            ),
            Self::TransactGet(slots) => {
                let gets = slots.iter().map(
                    |slot| json!({"Get": {"TableName": table_of(*slot), "Key": key_of(*slot)}}),
                );
                ("TransactGetItems", json!({"TransactItems": gets.collect::<Vec<_>>()}))
            }
            Self::BatchGet(slots) => {
                let mut tables = json!({});
                for table in TABLES {
                    let of_table = slots.iter().filter(|slot| table_of(**slot) == table);
                    let keys: Vec<Value> = of_table.map(|slot| key_of(*slot)).collect();
                    if !keys.is_empty() {
                        tables[table] = json!({"Keys": keys, "ConsistentRead": true});
                    }
                }
                ("BatchGetItem", json!({"RequestItems": tables}))
            }
            Self::Scan { is_by_index: true } => {
                ("Scan", json!({"TableName": TABLES[0], "IndexName": "by-v"}))
            }
            Self::Scan { .. } => ("Scan", json!({"TableName": TABLES[0], "ConsistentRead": true})),
            Self::Query { p, is_by_index } => {
                let mut input = json!({
                    "TableName": TABLES[0], "ConsistentRead": true,
                    "KeyConditionExpression": "p = :p",
                    "ExpressionAttributeValues": {":p": {"S": format!("p{p}")}},
                });
                if *is_by_index {
                    input["IndexName"] = "by-n".into();
                }
                ("Query", input)
            }
            _ => unreachable!("the others write"),
        }
    }

    /// The writes it has.
    pub(crate) fn writes(&self) -> &[Write] {
        match self {
            Self::Write(write) => std::slice::from_ref(write),
            Self::Transact { writes, .. } | Self::Batch(writes) => writes,
            _ => &[],
        }
    }

    /// The ids of the writes that a batch says it has not carried out, but for deletes.
    pub(crate) fn unprocessed(&self, body: &Value) -> Vec<u64> {
        let tables = body["UnprocessedItems"].as_object().into_iter().flatten();
        let requests = tables.filter_map(|(_, requests)| requests.as_array()).flatten();
        requests.filter_map(|request| id_of(&request["PutRequest"]["Item"])).collect()
    }

    /// What a read that succeeded says of each slot that it looked at.
    pub(crate) fn seen(&self, body: &Value) -> Vec<(usize, Option<Value>)> {
        match self {
            Self::Get(slot) => vec![(*slot, body.get("Item").cloned())],
            Self::TransactGet(slots) => {
                let item = |at: usize| body["Responses"][at].get("Item").cloned();
                slots.iter().enumerate().map(|(at, slot)| (*slot, item(at))).collect()
            }
            Self::BatchGet(_)
                if body["UnprocessedKeys"].as_object().is_some_and(|left| !left.is_empty()) =>
            {
                Vec::new()
            }
            Self::BatchGet(slots) => {
                let found = |slot: &usize| {
                    let items = body["Responses"][table_of(*slot)].as_array()?;
                    let is_it = |item: &&Value| slot_of(table_of(*slot), item) == Some(*slot);
                    items.iter().find(is_it).cloned()
                };
                slots.iter().map(|slot| (*slot, found(slot))).collect()
            }
            Self::Scan { .. } => in_page(body, slots_of(TABLES[0])),
            Self::Query { p, .. } => {
                let of_partition = slots_of(TABLES[0]).filter(|slot| *slot as u64 % 2 == *p);
                in_page(body, of_partition)
            }
            _ => Vec::new(),
        }
    }
}

fn in_page(body: &Value, slots: impl Iterator<Item = usize>) -> Vec<(usize, Option<Value>)> {
    let empty = Vec::new();
    let items = body["Items"].as_array().unwrap_or(&empty);
    let found = |slot| items.iter().find(|item| slot_of(TABLES[0], item) == Some(slot)).cloned();
    slots.map(|slot| (slot, found(slot))).collect()
}
