//! A stream replayed from its beginning: what its records make of an empty table.
//!
//! A record is refused that
//! - does not begin where the record before it left its item, or has the wrong name for that: one
//!   was lost, came twice or came out of order;
//! - changes nothing, or is an event that came before;
//! - has a number that is not greater than those before it in its shard and the shard's parent, or
//!   is outside its shard.
//!
//! At the end the items must be the table's, and where it is known how often an item was changed,
//! it must have as many records.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;
use serde_json::Value;

/// The longest part of a value that a sentence shows.
const SHOWN_BYTES_MAX: usize = 200;

/// A table as a scan showed it.
#[derive(Debug, Clone)]
pub struct Scanned<'a> {
    /// The table's name.
    pub name: &'static str,
    /// The attributes of its key.
    pub keys: &'static [&'static str],
    /// The table's rows.
    pub rows: &'a [Value],
    /// How often each item was changed, if that is known; by its key, as [`key`] writes it.
    pub changes: Option<BTreeMap<String, u64>>,
}

/// A stream that is being replayed.
#[derive(Debug)]
pub struct Replay {
    table: &'static str,
    keys: &'static [&'static str],
    rows: BTreeMap<String, Value>,
    changes: BTreeMap<String, u64>,
    events: HashSet<String>,
    /// The highest number in each shard or its ancestors.
    last: BTreeMap<String, u128>,
    shard: Shard,
    violations: Vec<String>,
}

/// The shard whose records are being replayed.
#[derive(Debug, Default)]
struct Shard {
    id: String,
    first: u128,
    end: Option<u128>,
}

/// A stream that was replayed to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many records the stream has.
    pub records: u64,
    /// How many shards the stream has.
    pub shards: usize,
    /// What is wrong with it, as sentences.
    pub violations: Vec<String>,
}

impl Replay {
    /// A replay of a table's stream.
    pub fn new(table: &'static str, keys: &'static [&'static str]) -> Self {
        Self {
            table,
            keys,
            rows: BTreeMap::new(),
            changes: BTreeMap::new(),
            events: HashSet::new(),
            last: BTreeMap::new(),
            shard: Shard::default(),
            violations: Vec::new(),
        }
    }

    /// Begins a shard, as DescribeStream describes it; its parent must have been replayed.
    ///
    /// # Errors
    /// A description without an id or a number.
    pub fn shard(&mut self, described: &Value) -> anyhow::Result<()> {
        let range = &described["SequenceNumberRange"];
        let id = described["ShardId"].as_str().context("ShardId")?;
        self.shard = Shard {
            id: id.to_owned(),
            first: number(&range["StartingSequenceNumber"])?,
            end: range.get("EndingSequenceNumber").map(number).transpose()?,
        };
        let parent = described["ParentShardId"].as_str();
        let inherited = parent.and_then(|parent| self.last.get(parent)).copied();
        self.last.insert(id.to_owned(), inherited.unwrap_or_default());
        Ok(())
    }

    /// Takes the shard's next record.
    ///
    /// # Errors
    /// A record without a number, a name, or the table's keys.
    pub fn record(&mut self, record: &Value) -> anyhow::Result<()> {
        let change = &record["dynamodb"];
        let number = number(&change["SequenceNumber"])?;
        let event = record["eventID"].as_str().context("eventID")?;
        self.place(number);
        if !self.events.insert(event.to_owned()) {
            self.refuse(number, format!("event {event} comes twice"));
        }
        let key = key(&change["Keys"], self.keys)?;
        let (old, new) = (change.get("OldImage"), change.get("NewImage"));
        if let Some(fault) = self.fault(&key, &record["eventName"], (old, new)) {
            self.refuse(number, fault);
        }
        // Goes on from what the record says, so that one fault is told once.
        match new {
            Some(new) => self.rows.insert(key.clone(), new.clone()),
            None => self.rows.remove(&key),
        };
        *self.changes.entry(key).or_default() += 1;
        Ok(())
    }

    /// Compares what came out with the table.
    pub fn end(mut self, table: &Scanned<'_>) -> Replayed {
        let rows: BTreeMap<String, &Value> = table
            .rows
            .iter()
            .map(|row| (key(row, self.keys).unwrap_or_else(|_| row.to_string()), row))
            .collect();
        for key in rows.keys().chain(self.rows.keys().filter(|key| !rows.contains_key(*key))) {
            let (replayed, seen) = (self.rows.get(key), rows.get(key).copied());
            if replayed != seen {
                self.violations.push(format!(
                    "the stream of {} makes {key} {}, its table has {}",
                    self.table,
                    shown(replayed),
                    shown(seen)
                ));
            }
        }
        for (key, expected) in table.changes.iter().flatten() {
            let records = self.changes.get(key).copied().unwrap_or_default();
            if records != *expected {
                self.violations.push(format!(
                    "the stream of {} has {records} records of {key}, which changed {expected} times",
                    self.table
                ));
            }
        }
        Replayed {
            records: self.changes.values().sum(),
            shards: self.last.len(),
            violations: self.violations,
        }
    }

    /// Notes the number, which must be the shard's highest so far.
    fn place(&mut self, number: u128) {
        let last = self.last.entry(self.shard.id.clone()).or_default();
        let before = std::mem::replace(last, number.max(*last));
        if number <= before {
            self.refuse(number, format!("it comes behind {before}"));
        }
        if number < self.shard.first || self.shard.end.is_some_and(|end| number > end) {
            self.refuse(number, format!("it is outside {:?}", self.shard));
        }
    }

    /// What is wrong with a record of an item, seen from the records before it.
    fn fault(
        &self,
        key: &str,
        name: &Value,
        (old, new): (Option<&Value>, Option<&Value>),
    ) -> Option<String> {
        let before = self.rows.get(key);
        if old != before {
            let (old, before) = (shown(old), shown(before));
            return Some(format!("{key} was {before} before a change from {old}"));
        }
        if old == new {
            return Some(format!("{key} stays {}", shown(new)));
        }
        let expected = match (old, new) {
            (None, _) => "INSERT",
            (Some(_), Some(_)) => "MODIFY",
            (Some(_), None) => "REMOVE",
        };
        (name != expected).then(|| format!("{key} has a {name} that should be {expected}"))
    }

    fn refuse(&mut self, number: u128, fault: String) {
        self.violations.push(format!("record {number} of the stream of {}: {fault}", self.table));
    }
}

/// An item's key as one text.
///
/// # Errors
/// An item without the key.
pub fn key(item: &Value, names: &[&str]) -> anyhow::Result<String> {
    let value = |name: &&str| {
        let value = item[*name].as_object().and_then(|value| value.values().next());
        value.and_then(Value::as_str).with_context(|| (*name).to_owned())
    };
    Ok(names.iter().map(value).collect::<anyhow::Result<Vec<_>>>()?.join("/"))
}

fn number(value: &Value) -> anyhow::Result<u128> {
    value.as_str().context("a number")?.parse().context("a number")
}

fn shown(item: Option<&Value>) -> String {
    let Some(item) = item else { return "absent".to_owned() };
    let mut text = item.to_string();
    text.truncate(text.floor_char_boundary(SHOWN_BYTES_MAX));
    text
}

#[cfg(test)]
mod tests;
