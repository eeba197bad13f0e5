//! Each fault of a stream, made on purpose: a replay that accepts it is blind.

use serde_json::json;

use super::*;

/// The versions of `a` and of `b`, which was removed in between.
const STEPS: [(&str, Option<u64>, Option<u64>); 6] = [
    ("a", None, Some(1)),
    ("b", None, Some(1)),
    ("a", Some(1), Some(2)),
    ("b", Some(1), None),
    ("a", Some(2), Some(3)),
    ("b", None, Some(2)),
];

#[test]
fn a_whole_stream_is_accepted() {
    let replayed = replay(|_| {});
    assert_eq!(replayed, Replayed { records: 6, shards: 2, violations: Vec::new() });
}

#[test]
fn a_lost_record_is_noticed() {
    for lost in 0..STEPS.len() {
        let replayed = replay(|records| drop(records.remove(lost)));
        assert!(!replayed.violations.is_empty(), "without {lost}");
    }
    noticed(|records| drop(records.remove(2)), "record 104 of the stream of t: a was");
}

#[test]
fn a_doubled_record_is_noticed() {
    let again = |records: &mut Vec<Value>| records.insert(3, records[2].clone());
    noticed(again, "record 102 of the stream of t: it comes behind 102");
    // Numbered anew, and another event.
    for doubled in 0..STEPS.len() {
        let replayed = replay(|records| {
            let mut copy = records[doubled].clone();
            copy["eventID"] = "copy".into();
            records.insert(doubled + 1, copy);
            renumber(records);
        });
        assert!(!replayed.violations.is_empty(), "{doubled} twice");
    }
}

#[test]
fn records_out_of_order_are_noticed() {
    noticed(|records| records.swap(2, 3), "record 102 of the stream of t: it comes behind 103");
    let swapped = |records: &mut Vec<Value>| {
        records.swap(0, 2);
        renumber(records);
    };
    noticed(swapped, "record 100 of the stream of t: a was absent before a change from");
}

#[test]
fn an_insertion_and_its_removal_lost_together_are_noticed_where_changes_are_counted() {
    let replayed = replay(|records| {
        records.remove(3);
        records.remove(1);
    });
    assert_eq!(replayed.violations, ["the stream of t has 1 records of b, which changed 3 times"]);
}

#[test]
fn a_wrong_name_is_noticed() {
    let rename = |records: &mut Vec<Value>| records[2]["eventName"] = "INSERT".into();
    noticed(rename, "record 102 of the stream of t: a has a \"INSERT\" that should be MODIFY");
}

#[test]
fn an_event_that_comes_twice_is_noticed() {
    let again = |records: &mut Vec<Value>| {
        let event = records[2]["eventID"].clone();
        records[3]["eventID"] = event;
    };
    noticed(again, "record 103 of the stream of t: event 2 comes twice");
}

#[test]
fn a_record_that_changes_nothing_is_noticed() {
    let idle = |records: &mut Vec<Value>| {
        let mut copy = records[5].clone();
        copy["eventID"] = "idle".into();
        copy["dynamodb"]["OldImage"] = copy["dynamodb"]["NewImage"].clone();
        records.push(copy);
        renumber(records);
    };
    noticed(idle, "record 106 of the stream of t: b stays");
}

#[test]
fn a_number_below_the_parents_or_outside_the_shard_is_noticed() {
    let behind = |records: &mut Vec<Value>| {
        records[3]["dynamodb"]["SequenceNumber"] = "101".into();
    };
    noticed(behind, "record 101 of the stream of t: it comes behind 102");
    let before = |records: &mut Vec<Value>| {
        records[0]["dynamodb"]["SequenceNumber"] = "99".into();
    };
    noticed(before, "record 99 of the stream of t: it is outside");
}

#[test]
fn a_table_that_differs_is_noticed() {
    let rows = [item("a", 3)];
    let mut replay = Replay::new("t", &["id"]);
    replay.shard(&shard("only", None)).unwrap();
    let table = Scanned { name: "t", keys: &["id"], rows: &rows, changes: None };
    let replayed = replay.end(&table);
    let [violation] = replayed.violations.as_slice() else { panic!("{replayed:?}") };
    assert!(violation.starts_with("the stream of t makes a absent, its table has"), "{violation}");
}

fn item(id: &str, version: u64) -> Value {
    json!({"id": {"S": id}, "version": {"N": version.to_string()}})
}

fn record(at: usize, (id, old, new): (&str, Option<u64>, Option<u64>)) -> Value {
    let name = match (old, new) {
        (None, _) => "INSERT",
        (_, None) => "REMOVE",
        _ => "MODIFY",
    };
    let mut change = json!({"Keys": {"id": {"S": id}}, "SequenceNumber": (100 + at).to_string()});
    for (image, version) in [("OldImage", old), ("NewImage", new)] {
        if let Some(version) = version {
            change[image] = item(id, version);
        }
    }
    json!({"eventID": at.to_string(), "eventName": name, "dynamodb": change})
}

fn renumber(records: &mut [Value]) {
    for (at, record) in records.iter_mut().enumerate() {
        record["dynamodb"]["SequenceNumber"] = (100 + at).to_string().into();
    }
}

fn shard(id: &str, parent: Option<&str>) -> Value {
    let mut shard =
        json!({"ShardId": id, "SequenceNumberRange": {"StartingSequenceNumber": "100"}});
    if let Some(parent) = parent {
        shard["ParentShardId"] = parent.into();
    }
    shard
}

/// Replays [`STEPS`] after `spoil`, half of them in one shard and the rest in its child.
fn replay(spoil: impl FnOnce(&mut Vec<Value>)) -> Replayed {
    let mut records: Vec<Value> =
        STEPS.iter().enumerate().map(|(at, step)| record(at, *step)).collect();
    spoil(&mut records);
    let mut replay = Replay::new("t", &["id"]);
    replay.shard(&shard("parent", None)).unwrap();
    let (in_parent, in_child) = records.split_at(3);
    in_parent.iter().for_each(|record| replay.record(record).unwrap());
    replay.shard(&shard("child", Some("parent"))).unwrap();
    in_child.iter().for_each(|record| replay.record(record).unwrap());
    let changes = BTreeMap::from([("a".to_owned(), 3), ("b".to_owned(), 3)]);
    let rows = [item("a", 3), item("b", 2)];
    replay.end(&Scanned { name: "t", keys: &["id"], rows: &rows, changes: Some(changes) })
}

#[track_caller]
fn noticed(spoil: impl FnOnce(&mut Vec<Value>), expected: &str) {
    let replayed = replay(spoil);
    let first = replayed.violations.first().map(String::as_str).unwrap_or_default();
    assert!(first.starts_with(expected), "{:#?}", replayed.violations);
}
