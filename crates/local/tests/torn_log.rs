//! A crash cuts the engine's log anywhere: what was whole before the cut opens again.

#![allow(clippy::unwrap_used, reason = "a test panics on what it does not expect")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use stator_local::LocalError;
use store::Consistency::Strong;
use store::{AtomIds, Guard as _, Kind, RowKey, Space, Store as _, Write};
use tempfile::TempDir;

use support::{copy, open};

/// Names the atoms of these tests.
static ATOMS: AtomIds = AtomIds::new(1);

const VALUE_BYTES: usize = 100_000;
/// What precedes the first record: magic and salt.
const SEGMENT_HEAD_BYTES: usize = 8 + 32;
/// What precedes a record's sealed bytes.
const RECORD_HEAD_BYTES: usize = 8;
const ROWS: u8 = 3;

#[tokio::test]
async fn a_log_cut_anywhere_in_its_last_record_opens_without_it() {
    let crashed = Crashed::new().await;
    let (start, end) = (crashed.log_ends[1], crashed.log_ends[2]);
    let steps = (start..end).step_by(9_973);
    for cut in steps.chain([start + 3, start + RECORD_HEAD_BYTES as u64, end - 1]) {
        let (_home, dir) = crashed.copy();
        fs::File::options().write(true).open(log(&dir)).unwrap().set_len(cut).unwrap();
        let store = open(&dir).unwrap();
        for row in 0..ROWS {
            let value = store.get(&key(row), Strong).await.unwrap();
            let expected = (row + 1 < ROWS).then(|| value_of(row));
            assert!(value == expected, "row {row} after a cut at {cut} of {start}..{end}");
        }
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn damage_in_the_midst_of_the_log_is_refused() {
    let crashed = Crashed::new().await;
    let (_home, dir) = crashed.copy();
    let mut bytes = fs::read(log(&dir)).unwrap();
    let midst = usize::try_from(crashed.log_ends[0] + 50_000).unwrap();
    bytes[midst] ^= 1;
    fs::write(log(&dir), bytes).unwrap();
    let error = open(&dir).unwrap_err();
    assert!(matches!(error, LocalError::Damaged { .. }), "{error:?}");
}

/// A directory as it lay while the store was open, all its rows in the log.
struct Crashed {
    home: TempDir,
    /// Where the log's records ended after each row; room lies behind.
    log_ends: Vec<u64>,
}

impl Crashed {
    async fn new() -> Self {
        let home = TempDir::new().unwrap();
        let (live, crashed) = (home.path().join("live"), home.path().join("crashed"));
        let store = open(&live).unwrap();
        // The watermark, as it was before the log had anything.
        copy(&live, &crashed).unwrap();
        let mut log_ends = Vec::new();
        for row in 0..ROWS {
            let write = Write::Put { key: key(row), value: value_of(row) };
            store.lock(&[key(row)]).await.submit(ATOMS.next(), vec![write]).wait().await.unwrap();
            log_ends.push(end_of_records(&log(&live)));
        }
        fs::copy(log(&live), log(&crashed)).unwrap();
        store.close().await.unwrap();
        Self { home, log_ends }
    }

    fn copy(&self) -> (TempDir, PathBuf) {
        let home = TempDir::new().unwrap();
        let dir = home.path().join("data");
        copy(&self.home.path().join("crashed"), &dir).unwrap();
        (home, dir)
    }
}

/// Where the record behind the last would begin.
fn end_of_records(log: &Path) -> u64 {
    let bytes = fs::read(log).unwrap();
    let mut end = SEGMENT_HEAD_BYTES;
    loop {
        let length = u32::from_be_bytes(*bytes[end..].first_chunk().unwrap());
        if length == 0 {
            return end as u64;
        }
        end += RECORD_HEAD_BYTES + length as usize;
    }
}

fn key(row: u8) -> RowKey {
    RowKey::new(Space(1), Kind(1), 1, b"partition", &[row])
}

/// No byte repeats after a short while, so that nothing compresses.
fn value_of(row: u8) -> Bytes {
    let mut state = u32::from(row) + 1;
    let byte = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..VALUE_BYTES).map(byte).collect()
}

/// The segment of the engine's log that takes commits.
fn log(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir.join("engine-1")).unwrap().map(|file| file.unwrap().path());
    let segments = files.filter(|file| file.extension().is_some_and(|kind| kind == "wal"));
    segments.max().unwrap()
}
