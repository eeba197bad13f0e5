//! Holds the database to the words of the storage contract and of its own formats, atom by atom.
//!
//! - *Owners*: for each row the latches are kept under which it was ever put or deleted, as Eraser
//!   does with locks (Savage et al., 1997); what all of them have in common must not become empty.
//!   Spaces that are remembered as dropped are exempt: nobody can name them but one writer.
//! - *Streams*: a record's shard is there and open in the durable row of its stream, and the
//!   record's number is at least the shard's first. Of an atom's records in one log the last one is
//!   marked, and no other.
//! - *Stamps* of an item's row rise, also across its removal.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use store::slow::{Inspected, Inspector};
use store::{Kind, RowChange, RowKey, Space, Write, log_number};

/// Kinds of rows (docs/format/rows.md, catalog.md, streams.md).
const ITEM: Kind = Kind(0x01);
const CHANGE: Kind = Kind(0x30);
const DROPPED: Kind = Kind(0x72);
const STREAM: Kind = Kind(0x73);
/// The catalog's space.
const CATALOG: Space = Space(0);
const STAMP_BYTES: usize = 12;
/// The bit of a change record's head that marks the last one of its atom.
const LAST_OF_ATOM: u8 = 1 << 5;

type Rows = BTreeMap<RowKey, Bytes>;

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Words {
    latches: Mutex<HashMap<RowKey, HashSet<RowKey>>>,
    stamps: Mutex<HashMap<RowKey, Bytes>>,
}

impl Inspector for Words {
    fn inspect(&self, atom: &Inspected<'_>) -> Result<(), String> {
        for write in atom.writes {
            if let Write::Put { key, .. } | Write::Delete { key } = write
                && !is_dropped(atom.durable, key.borrowed().space())
            {
                self.check_owner(atom.latched, key)?;
            }
        }
        for (key, value) in atom.changes {
            match (key.borrowed().kind(), value) {
                (ITEM, Some(value)) => self.check_stamp(key, value)?,
                (CHANGE, Some(_)) => check_record(atom.durable, key)?,
                _ => {}
            }
        }
        check_marks(atom.changes)
    }
}

impl Words {
    fn check_owner(&self, latched: &[RowKey], key: &RowKey) -> Result<(), String> {
        let mut latches = self.latches.lock();
        let Some(common) = latches.get_mut(key) else {
            latches.insert(key.clone(), latched.iter().cloned().collect());
            return match latched.is_empty() {
                true => Err(format!("{key:?} was changed without a latch")),
                false => Ok(()),
            };
        };
        common.retain(|latch| latched.contains(latch));
        match common.is_empty() {
            true => Err(format!("no latch owns {key:?}; now it was changed under {latched:?}")),
            false => Ok(()),
        }
    }

    fn check_stamp(&self, key: &RowKey, value: &Bytes) -> Result<(), String> {
        let stamp = value.slice(..STAMP_BYTES);
        let mut stamps = self.stamps.lock();
        match stamps.insert(key.clone(), stamp.clone()) {
            Some(last) if last >= stamp => {
                Err(format!("the stamp {stamp:?} of {key:?} is not behind {last:?}"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a space is remembered as dropped, or as one that nobody sees yet.
fn is_dropped(durable: &Rows, space: Space) -> bool {
    let mut dropped = rows_of(durable, DROPPED);
    dropped.any(|(_, value)| value[..] == space.0.to_be_bytes())
}

/// Looks for the shard of a record.
fn check_record(durable: &Rows, key: &RowKey) -> Result<(), String> {
    let (space, shard) = (key.borrowed().space(), key.borrowed().hash());
    let number = log_number(key.borrowed()).map_err(|error| error.to_string())?;
    let streams = rows_of(durable, STREAM).map(|(_, value)| serde_json::from_slice(value));
    let mut streams = streams.map(|stream| stream.unwrap_or(Value::Null));
    let stream = streams.find(|stream| stream["space"].as_u64() == Some(u64::from(space.0)));
    let stream = stream.ok_or_else(|| format!("a record in {space:?} is of no durable stream"))?;
    let mut shards = stream["shards"]["list"].as_array().into_iter().flatten();
    let found = shards.find(|known| known["number"].as_u64() == Some(shard));
    let found = found.ok_or_else(|| format!("a record in {space:?} is of no shard: {shard}"))?;
    let first = found["first"].as_u64();
    match found["closed"].is_null() && first.is_some_and(|first| number >= first) {
        true => Ok(()),
        false => Err(format!("a record of number {number} is in the shard {found}")),
    }
}

/// Looks for the marks of the records that end an atom.
fn check_marks(changes: &[RowChange]) -> Result<(), String> {
    let mut last = HashMap::new();
    for (key, value) in changes {
        let (row, Some(value)) = (key.borrowed(), value) else { continue };
        if row.kind() == CHANGE {
            let is_marked = value.get(1).is_some_and(|head| head & LAST_OF_ATOM != 0);
            if last.insert((row.space(), row.hash()), is_marked) == Some(true) {
                return Err(format!("{key:?} follows the last record of its atom"));
            }
        }
    }
    match last.into_values().all(|is_marked| is_marked) {
        true => Ok(()),
        false => Err(format!("no record is marked as the last one of {changes:?}")),
    }
}

/// The catalog's rows of a kind.
fn rows_of(durable: &Rows, kind: Kind) -> impl Iterator<Item = (&RowKey, &Bytes)> {
    let first = RowKey::new(CATALOG, kind, 0, b"", b"");
    durable.range(first..).take_while(move |(key, _)| {
        (key.borrowed().space(), key.borrowed().kind()) == (CATALOG, kind)
    })
}
