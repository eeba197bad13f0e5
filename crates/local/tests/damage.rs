//! A changed byte, wherever it lies, is either of no consequence or named: no row is wrong, none is
//! missing without an error that says which file to blame.
//!
//! Every byte of a small directory is changed in turn, in all files the engine and the adapter
//! have. A change in the log's last commit must not pass for a crash, nor one in its midst hide
//! what follows (`lsm`, `log/torn.rs`).

#![allow(clippy::unwrap_used, reason = "a test panics on what it does not expect")]

mod support;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use bytes::Bytes;
use stator_local::{LocalError, LocalStore};
use store::Consistency::Strong;
use store::{
    AtomIds, Direction, Guard as _, Kind, RowKey, RowRange, Space, Store as _, StoreError, Write,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use support::{copy, open};

/// Names the atoms of these tests.
static ATOMS: AtomIds = AtomIds::new(1);

type Rows = Vec<(RowKey, Bytes)>;

/// In tables, then in the log.
const ROWS: [u8; 2] = [4, 8];

/// The segment that took the last commits.
const LOG: &str = "engine-1/0000000004.wal";

/// How many directories are changed and opened at a time: most of it is waiting for the disk.
const AT_A_TIME: usize = 16;

#[test]
fn a_changed_byte_is_harmless_or_named() {
    let home = Home::new();
    home.change_every_byte(&files(&home.intact), judge);
    let log = PathBuf::from(LOG);
    let records = home.used(&log);
    for behind in [0, 1, 7, 8, 100, 511, 512, 5000, 100_000] {
        judge(&home.with_changed(&log, records + behind), &log);
    }
}

/// All rows are there, or an error names the file that was changed.
fn judge(dir: &Path, file: &Path) {
    match &Runtime::new().unwrap().block_on(live(dir)) {
        Ok(rows) => assert!(*rows == rows_until(ROWS[1]), "{}: {rows:?}", dir.display()),
        Err(error) => {
            let name = file.file_name().unwrap().to_str().unwrap();
            let is_named = error.contains(name) && error.contains("is damaged");
            assert!(is_named, "{}: {error}", dir.display());
        }
    }
}

#[test]
fn no_changed_byte_of_the_log_passes_for_a_crash() {
    let home = Home::new();
    let log = PathBuf::from(LOG);
    home.change_every_byte(&[log], |dir, log| {
        let opened = open(dir);
        let refused =
            matches!(&opened, Err(LocalError::Damaged { file, .. }) if file.ends_with(log));
        assert!(refused, "{}: {opened:?}", dir.display());
    });
}

/// Opens, reads each row twice, writes and closes, as far as that goes.
async fn live(dir: &Path) -> Result<Rows, String> {
    let store = open(dir).map_err(|error| error.to_string())?;
    let outcome = use_store(&store).await;
    // What could not be read or written was said before.
    let _closed = store.close().await;
    outcome.map_err(|error| error.to_string())
}

async fn use_store(store: &LocalStore) -> Result<Rows, StoreError> {
    let rows = all(store).await?;
    for (key, value) in &rows {
        assert_eq!(store.get(key, Strong).await?.as_ref(), Some(value));
    }
    assert_eq!(store.get(&key(100), Strong).await?, None);
    put(store, 100).await?;
    assert_eq!(store.get(&key(100), Strong).await?, Some(value(100)));
    Ok(rows)
}

async fn all(store: &LocalStore) -> Result<Rows, StoreError> {
    let mut rows = Rows::new();
    let visit = |row: store::Row<'_>| {
        rows.push((row.key.to_key(), Bytes::copy_from_slice(row.value)));
        ControlFlow::Continue(())
    };
    store.range(&RowRange::Space(Space(1)), Direction::Forward, Strong, visit).await?;
    Ok(rows)
}

async fn put(store: &LocalStore, row: u8) -> Result<(), StoreError> {
    let write = Write::Put { key: key(row), value: value(row) };
    store.lock(&[key(row)]).await.submit(ATOMS.next(), vec![write]).wait().await.map(drop)
}

fn rows_until(end: u8) -> Rows {
    (0..end).map(|row| (key(row), value(row))).collect()
}

fn key(row: u8) -> RowKey {
    RowKey::new(Space(1), Kind(1), u64::from(row), b"partition", &[row])
}

fn value(row: u8) -> Bytes {
    vec![row; 30].into()
}

/// A directory as a killed process leaves it, with rows in a table and in the log.
struct Home {
    temporary: TempDir,
    intact: PathBuf,
}

impl Home {
    fn new() -> Self {
        Runtime::new().unwrap().block_on(Self::filled())
    }

    async fn filled() -> Self {
        let temporary = TempDir::new().unwrap();
        let (live, intact) = (temporary.path().join("live"), temporary.path().join("intact"));
        let mut row = 0;
        for end in ROWS {
            let store = open(&live).unwrap();
            while row < end {
                put(&store, row).await.unwrap();
                row += 1;
            }
            copy(&live, &intact).unwrap();
            store.close().await.unwrap();
        }
        Self { temporary, intact }
    }

    /// Has `judge` look at copies in each of which one byte of `files` is another.
    fn change_every_byte(&self, files: &[PathBuf], judge: impl Fn(&Path, &Path) + Sync) {
        let changes = files.iter().flat_map(|file| (0..self.used(file)).map(move |at| (file, at)));
        let changes = Mutex::new(changes);
        let work = || {
            loop {
                let Some((file, at)) = changes.lock().unwrap().next() else { break };
                let dir = self.with_changed(file, at);
                judge(&dir, file);
                fs::remove_dir_all(dir).unwrap();
            }
        };
        thread::scope(|scope| (0..AT_A_TIME).for_each(|_| drop(scope.spawn(work))));
    }

    /// How long a file is without the room behind the records of a log.
    fn used(&self, file: &Path) -> usize {
        let bytes = fs::read(self.intact.join(file)).unwrap();
        bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
    }

    /// The copy's name says which byte.
    fn with_changed(&self, file: &Path, at: usize) -> PathBuf {
        let name = format!("{}-{at}", file.file_name().unwrap().display());
        let dir = self.temporary.path().join(name);
        copy(&self.intact, &dir).unwrap();
        let mut bytes = fs::read(dir.join(file)).unwrap();
        bytes[at] ^= 0x41;
        fs::write(dir.join(file), bytes).unwrap();
        dir
    }
}

/// The names of all files below `dir`, from there.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = PathBuf::from(entry.file_name());
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).iter().map(|inner| name.join(inner)));
        } else {
            found.push(name);
        }
    }
    found
}
