//! What is there in the end: rows, index entries, counts, and the whole history in the streams.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::operation::{SLOTS, TABLES, key_of, slot_of, slots_of};

/// What is there in the end.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    pub(crate) items: Vec<Option<Value>>,
    /// The changes of each slot, in their order.
    pub(crate) records: Vec<Vec<Record>>,
    /// What each index has, and what it is called.
    pub(crate) indexes: Vec<(&'static str, Vec<Value>)>,
    /// What DescribeTable counts, and the items that it counts.
    pub(crate) counts: Vec<(Option<u64>, usize)>,
}

/// A change record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) old: Option<Value>,
    pub(crate) new: Option<Value>,
    /// Whether time to live has removed it.
    pub(crate) is_expiry: bool,
}

/// Whom to ask.
pub(crate) trait Ask {
    /// Has an operation carried out that is to succeed.
    async fn ask(&self, name: &str, input: &Value) -> anyhow::Result<Value>;
}

/// Looks at everything.
pub(crate) async fn read(server: &impl Ask) -> anyhow::Result<Observed> {
    let mut observed = Observed {
        items: vec![None; SLOTS],
        records: vec![Vec::new(); SLOTS],
        ..Observed::default()
    };
    for table in TABLES {
        let rows = scan(server, table, None).await?;
        for row in &rows {
            let slot = slot_of(table, row).with_context(|| format!("a strange row {row}"))?;
            observed.items[slot] = Some(row.clone());
        }
        for slot in slots_of(table) {
            let key = json!({"TableName": table, "Key": key_of(slot), "ConsistentRead": true});
            let got = server.ask("GetItem", &key).await?.get("Item").cloned();
            anyhow::ensure!(got == observed.items[slot], "a get of {slot} is {got:?}");
        }
        let described = server.ask("DescribeTable", &json!({"TableName": table})).await?;
        let described = &described["Table"];
        observed.counts.push((described["ItemCount"].as_u64(), rows.len()));
        read_stream(server, table, &described["LatestStreamArn"], &mut observed).await?;
    }
    for index in ["by-v", "by-n"] {
        observed.indexes.push((index, scan(server, TABLES[0], Some(index)).await?));
    }
    Ok(observed)
}

async fn scan(server: &impl Ask, table: &str, index: Option<&str>) -> anyhow::Result<Vec<Value>> {
    let mut input = json!({"TableName": table, "Limit": 3});
    if let Some(index) = index {
        input["IndexName"] = index.into();
    }
    let mut rows = Vec::new();
    loop {
        let mut page = server.ask("Scan", &input).await?;
        rows.append(page["Items"].as_array_mut().context("Items")?);
        match page.get("LastEvaluatedKey") {
            Some(key) => input["ExclusiveStartKey"] = key.clone(),
            None => return Ok(rows),
        }
    }
}

async fn read_stream(
    server: &impl Ask,
    table: &str,
    stream: &Value,
    observed: &mut Observed,
) -> anyhow::Result<()> {
    let mut input = json!({"StreamArn": stream});
    let mut shards = Vec::new();
    loop {
        let mut page = server.ask("DescribeStream", &input).await?;
        let page = &mut page["StreamDescription"];
        shards.append(page["Shards"].as_array_mut().context("Shards")?);
        match page.get("LastEvaluatedShardId") {
            Some(last) => input["ExclusiveStartShardId"] = last.clone(),
            None => break,
        }
    }
    // Parents before their children.
    while !shards.is_empty() {
        let waits = |shard: &Value| {
            shards.iter().any(|other| Some(&other["ShardId"]) == shard.get("ParentShardId"))
        };
        let next = shards.iter().position(|shard| !waits(shard));
        let shard = shards.remove(next.context("shards are each other's parents")?);
        let mut input = json!({"StreamArn": stream, "ShardId": shard["ShardId"],
            "ShardIteratorType": "TRIM_HORIZON"});
        let mut iterator = server.ask("GetShardIterator", &input).await?["ShardIterator"].take();
        while iterator.is_string() {
            input = json!({"ShardIterator": iterator, "Limit": 7});
            let mut page = server.ask("GetRecords", &input).await?;
            let records = page["Records"].as_array().context("Records")?;
            for record in records {
                let (slot, record) = parse(table, record).with_context(|| record.to_string())?;
                observed.records[slot].push(record);
            }
            let is_end = records.is_empty();
            iterator = match is_end {
                true => Value::Null,
                false => page["NextShardIterator"].take(),
            };
        }
    }
    Ok(())
}

fn parse(table: &str, record: &Value) -> anyhow::Result<(usize, Record)> {
    let change = &record["dynamodb"];
    let slot = slot_of(table, &change["Keys"]).context("a record of no slot")?;
    let image = |name: &str| change.get(name).filter(|image| image.is_object()).cloned();
    let (old, new) = (image("OldImage"), image("NewImage"));
    let is_expiry = record["userIdentity"]["PrincipalId"] == "dynamodb.amazonaws.com";
    Ok((slot, Record { old, new, is_expiry }))
}
