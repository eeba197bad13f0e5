//! Is what the clients saw, and what is there in the end, what one server does that loses nothing?
//!
//! The streams say in which order the items of each slot followed each other: its *versions*, of
//! which the first is that there is none. All else is held against them:
//! - each version is what its write makes of the one before it, and removed by what may remove it;
//! - a write that was acknowledged has made one version, one that was refused none, any other one at
//!   most; the writes of a transaction have all made theirs or none;
//! - there is a moment for each version, between request and answer of its write and in the order of
//!   the versions, so that every read finds what it saw between its own request and answer;
//! - a transaction's reads see of each transaction all or nothing;
//! - items, index entries and counts in the end are those of the last versions.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::history::{Entry, Fate, History, Moment};
use crate::observed::{Observed, Record};
use crate::operation::{Action, Operation, SLOTS, TABLES, Write, id_of, slots_of};

mod timing;

/// The writes by their ids, with their operation's place.
type Writes<'h> = BTreeMap<u64, (usize, &'h Entry, Write)>;

/// Judges; what is wrong is added to the history.
pub(crate) fn judge(history: &mut History, observed: &Observed, now_ms: u64) {
    let mut wrong = Vec::new();
    let writes: Writes<'_> = history
        .entries
        .iter()
        .enumerate()
        .flat_map(|(at, entry)| {
            entry.operation.writes().iter().map(move |write| (write.id, (at, entry, *write)))
        })
        .collect();
    for slot in 0..SLOTS {
        check_versions(slot, observed, &writes, now_ms, &mut wrong);
        check_removals(slot, observed, history, &mut wrong);
    }
    check_fates(observed, history, &mut wrong);
    check_end(observed, &mut wrong);
    if wrong.is_empty() {
        timing::check(history, observed, &writes, &mut wrong);
    }
    wrong.into_iter().for_each(|what| history.violation(what));
}

/// Each version comes of the one before it.
fn check_versions(
    slot: usize,
    observed: &Observed,
    writes: &Writes<'_>,
    now_ms: u64,
    wrong: &mut Vec<String>,
) {
    let mut before = None;
    for Record { old, new, is_expiry } in &observed.records[slot] {
        if *old != before {
            wrong.push(format!("slot {slot}: a record has {old:?} before it, not {before:?}"));
        }
        before.clone_from(new);
        let expected = match new.as_ref().map(|new| id_of(new).and_then(|id| writes.get(&id))) {
            // Nobody knows yet who has removed it.
            None => None,
            Some(None) => {
                wrong.push(format!("slot {slot}: nobody has written {new:?}"));
                continue;
            }
            Some(Some((_, _, write))) if write.slot != slot => {
                wrong.push(format!("slot {slot}: {write:?} was not for it"));
                continue;
            }
            Some(Some((_, entry, write))) => {
                check_answer(entry, write, (old.as_ref(), new.as_ref()), wrong);
                write.applied(old.as_ref())
            }
        };
        if expected != *new {
            wrong.push(format!("slot {slot}: {old:?} became {new:?}, not {expected:?}"));
        }
        let until = old.as_ref().and_then(|old| old["until"]["N"].as_str()?.parse::<u64>().ok());
        if *is_expiry && until.is_none_or(|until| until * 1000 > now_ms) {
            wrong.push(format!("slot {slot}: {old:?} has expired too early"));
        }
    }
    if before != observed.items[slot] {
        let item = &observed.items[slot];
        wrong.push(format!("slot {slot}: the item is {item:?}, the last version {before:?}"));
    }
}

/// A single write has answered with what it found, or made.
fn check_answer(
    entry: &Entry,
    write: &Write,
    (old, new): (Option<&Value>, Option<&Value>),
    wrong: &mut Vec<String>,
) {
    let Some(answered) = &entry.answered else { return };
    let right = match write.action {
        Action::Add { .. } => new,
        _ => old,
    };
    if answered.as_ref() != right {
        wrong.push(format!("{write:?} answered {answered:?}, and it was {right:?}"));
    }
}

/// Whatever removed a version was asked to.
fn check_removals(slot: usize, observed: &Observed, history: &History, wrong: &mut Vec<String>) {
    let is_removal = |record: &&Record| record.new.is_none() && !record.is_expiry;
    let removed: Vec<Option<u64>> = observed.records[slot]
        .iter()
        .filter(is_removal)
        .map(|record| record.old.as_ref().and_then(id_of))
        .collect();
    let (mut named, mut unnamed) = (Vec::new(), 0);
    for entry in history.entries.iter().filter(|entry| entry.fate != Fate::Refused) {
        for write in entry.operation.writes().iter().filter(|write| write.slot == slot) {
            match (write.action, &entry.answered) {
                (Action::Delete, Some(Some(old))) => named.push(id_of(old)),
                (Action::Delete, Some(None)) => {}
                (Action::Delete, None) => unnamed += 1,
                _ => {}
            }
        }
    }
    for id in &named {
        if removed.iter().filter(|removed| *removed == id).count() != 1 {
            wrong.push(format!("slot {slot}: version {id:?} was deleted, and has no record of it"));
        }
    }
    if removed.len() > named.len() + unnamed {
        let deletes = (named.len(), unnamed);
        wrong.push(format!("slot {slot}: {} removals by {deletes:?} deletes", removed.len()));
    }
}

/// What was acknowledged is there once, and what was refused is not; all of an operation or nothing.
fn check_fates(observed: &Observed, history: &History, wrong: &mut Vec<String>) {
    for entry in &history.entries {
        let is_batch = matches!(entry.operation, Operation::Batch(_));
        let writes = entry.operation.writes().iter();
        let puts = writes.filter(|write| !matches!(write.action, Action::Delete));
        let is_left = |write: &Write| entry.unprocessed.contains(&write.id);
        let times: Vec<usize> = puts
            .map(|write| times_written(observed, write) + usize::from(is_left(write)))
            .collect();
        let is_right = match entry.fate {
            Fate::Done => times.iter().all(|times| *times == 1),
            Fate::Refused => times.iter().all(|times| *times == 0),
            Fate::Unknown if is_batch => times.iter().all(|times| *times <= 1),
            Fate::Unknown => {
                times.iter().all(|times| *times == 1) || times.iter().all(|times| *times == 0)
            }
        };
        if !is_right {
            let Entry { operation, fate, .. } = entry;
            wrong.push(format!("{fate:?}, but written {times:?} times: {operation:?}"));
        }
    }
}

fn times_written(observed: &Observed, write: &Write) -> usize {
    let records = observed.records[write.slot].iter();
    let made = records.filter_map(|record| record.new.as_ref().and_then(id_of));
    made.filter(|id| *id == write.id).count()
}

/// Indexes and counts are those of the items.
fn check_end(observed: &Observed, wrong: &mut Vec<String>) {
    let items = &observed.items[slots_of(TABLES[0])];
    for (index, entries) in &observed.indexes {
        let needs = if *index == "by-v" { "v" } else { "n" };
        let expected = items.iter().flatten().filter(|item| item.get(needs).is_some());
        let (mut expected, mut found): (Vec<String>, Vec<String>) = (
            expected.map(Value::to_string).collect(),
            entries.iter().map(Value::to_string).collect(),
        );
        expected.sort_unstable();
        found.sort_unstable();
        if expected != found {
            wrong.push(format!("index {index} has {found:?}, not {expected:?}"));
        }
    }
    for (table, (count, rows)) in TABLES.iter().zip(&observed.counts) {
        if *count != Some(*rows as u64) {
            wrong.push(format!("table {table} counts {count:?} items, and has {rows}"));
        }
    }
}

/// Between which moments something happens.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: Moment,
    to: Moment,
}
