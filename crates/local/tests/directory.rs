//! Which directories open, with which key, and what the others are told.

#![allow(clippy::unwrap_used, reason = "a test panics on what it does not expect")]

use std::fs;
use std::path::{Path, PathBuf};

use stator_local::{LocalError, LocalOptions, LocalStore, RootKey};
use store::Store as _;
use tempfile::TempDir;

const MARKER: &str = "stator-format";

fn open(dir: &Path) -> Result<LocalStore, LocalError> {
    open_with(dir, 7)
}

fn open_with(dir: &Path, key: u8) -> Result<LocalStore, LocalError> {
    LocalStore::open(&LocalOptions::new(dir, RootKey::new([key; RootKey::BYTES])))
}

/// A directory with a closed store in it.
async fn used() -> (TempDir, PathBuf) {
    let temporary = TempDir::new().unwrap();
    let dir = temporary.path().join("data");
    open(&dir).unwrap().close().await.unwrap();
    (temporary, dir)
}

/// Every file below `dir` with its bytes.
fn content(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(content(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}

/// A marker as every format ends: with the sum of what comes before.
fn summed(marker: &[u8]) -> Vec<u8> {
    [marker, &crc32fast::hash(marker).to_be_bytes()].concat()
}

/// One line that names the directory and says what to do.
fn assert_helpful(error: &LocalError, dir: &Path) {
    let message = error.to_string();
    assert!(!message.contains('\n'), "{message}");
    assert!(message.contains(&dir.display().to_string()), "{message}");
    assert!(message.contains("; "), "{message}");
}

#[tokio::test]
async fn a_store_exists_from_its_first_opening_on() {
    let temporary = TempDir::new().unwrap();
    let dir = temporary.path().join("a/b");
    assert!(!LocalStore::exists(&dir).unwrap());
    fs::create_dir_all(&dir).unwrap();
    assert!(!LocalStore::exists(&dir).unwrap());
    open(&dir).unwrap().close().await.unwrap();
    assert!(LocalStore::exists(&dir).unwrap());
}

#[tokio::test]
async fn a_directory_in_use_is_refused() {
    let (_temporary, dir) = used().await;
    let store = open(&dir).unwrap();
    let error = open(&dir).unwrap_err();
    assert!(matches!(error, LocalError::InUse { .. }), "{error:?}");
    assert_helpful(&error, &dir);
    store.close().await.unwrap();
    open(&dir).unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_foreign_directory_is_refused_and_left_alone() {
    let temporary = TempDir::new().unwrap();
    fs::write(temporary.path().join("thesis.tex"), "years of work").unwrap();
    let before = content(temporary.path());
    let error = open(temporary.path()).unwrap_err();
    assert!(matches!(error, LocalError::ForeignDirectory { .. }), "{error:?}");
    assert_helpful(&error, temporary.path());
    assert!(matches!(
        LocalStore::exists(temporary.path()),
        Err(LocalError::ForeignDirectory { .. })
    ));
    assert_eq!(content(temporary.path()), before);
}

#[tokio::test]
async fn a_fresh_volume_is_not_foreign() {
    let temporary = TempDir::new().unwrap();
    fs::create_dir(temporary.path().join("lost+found")).unwrap();
    open(temporary.path()).unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_crash_while_claiming_leaves_a_directory_that_opens() {
    let temporary = TempDir::new().unwrap();
    fs::write(temporary.path().join("lock"), "").unwrap();
    fs::write(temporary.path().join("stator-format.new"), "STATO").unwrap();
    fs::create_dir(temporary.path().join("engine-1")).unwrap();
    open(temporary.path()).unwrap().close().await.unwrap();
    assert!(!temporary.path().join("stator-format.new").exists());
}

#[tokio::test]
async fn the_wrong_key_is_refused_and_changes_nothing() {
    let (_temporary, dir) = used().await;
    let before = content(&dir);
    let error = open_with(&dir, 8).unwrap_err();
    assert!(matches!(error, LocalError::WrongKey { .. }), "{error:?}");
    assert_helpful(&error, &dir);
    assert_eq!(content(&dir), before);
    open(&dir).unwrap().close().await.unwrap();
}

#[tokio::test]
async fn an_unknown_version_is_refused_and_named() {
    let (_temporary, dir) = used().await;
    let mut marker = fs::read(dir.join(MARKER)).unwrap();
    marker[9] = 42;
    fs::write(dir.join(MARKER), summed(&marker[..marker.len() - 4])).unwrap();
    let before = content(&dir);
    let error = open(&dir).unwrap_err();
    assert!(matches!(&error, LocalError::UnknownVersion { found, .. } if found == "42"));
    assert_helpful(&error, &dir);
    assert_eq!(content(&dir), before);
}

#[test]
fn the_previous_format_is_refused_with_the_commands_that_carry_it_over() {
    let temporary = TempDir::new().unwrap();
    // As format 1 began: magic, version, engine, and no generation behind them.
    let marker = [b"STATORDB\0\x01surrealkv-1.2\0\0\0".as_slice(), &[7; 60]].concat();
    fs::write(temporary.path().join(MARKER), summed(&marker)).unwrap();
    let error = open(temporary.path()).unwrap_err();
    assert_helpful(&error, temporary.path());
    let dir = temporary.path().display();
    for command in [
        format!("`stator export --data-dir {dir} --output {dir}.dump`"),
        format!("`stator import --data-dir {dir}-new {dir}.dump`"),
    ] {
        assert!(error.to_string().contains(&command), "{error}");
    }
}

#[tokio::test]
async fn a_damaged_marker_is_refused_and_named() {
    let (_temporary, dir) = used().await;
    let mut marker = fs::read(dir.join(MARKER)).unwrap();
    *marker.last_mut().unwrap() ^= 1;
    fs::write(dir.join(MARKER), &marker).unwrap();
    let error = open(&dir).unwrap_err();
    assert!(matches!(error, LocalError::Damaged { .. }), "{error:?}");
    assert_helpful(&error, &dir);
}

#[tokio::test]
async fn a_damaged_engine_file_is_refused_and_kept() {
    let (_temporary, dir) = used().await;
    let manifest = dir.join("engine-1/manifest");
    let mut bytes = fs::read(&manifest).unwrap();
    bytes[50] ^= 1;
    fs::write(&manifest, &bytes).unwrap();
    let error = open(&dir).unwrap_err();
    assert!(matches!(&error, LocalError::Damaged { file, .. } if *file == manifest), "{error:?}");
    assert_helpful(&error, &dir);
    assert_eq!(fs::read(&manifest).unwrap(), bytes);
}

#[tokio::test]
async fn a_store_without_its_engine_files_is_not_begun_anew() {
    let (_temporary, dir) = used().await;
    fs::remove_dir_all(dir.join("engine-1")).unwrap();
    let error = open(&dir).unwrap_err();
    assert!(matches!(error, LocalError::Damaged { .. }), "{error:?}");
    assert_helpful(&error, &dir);
    assert!(!dir.join("engine-1").exists());
}

#[tokio::test]
async fn engine_files_without_their_marker_are_foreign() {
    let (_temporary, dir) = used().await;
    fs::remove_file(dir.join(MARKER)).unwrap();
    let error = open(&dir).unwrap_err();
    assert!(matches!(error, LocalError::ForeignDirectory { .. }), "{error:?}");
}

#[test]
fn a_file_is_no_directory() {
    let temporary = TempDir::new().unwrap();
    let file = temporary.path().join("file");
    fs::write(&file, "").unwrap();
    let error = open(&file).unwrap_err();
    assert!(matches!(error, LocalError::Unwritable { .. }), "{error:?}");
    assert_helpful(&error, &file);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_temporary, dir) = used().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("engine-1")), 0o700);
    assert_eq!(mode(&dir.join(MARKER)), 0o600);
    assert_eq!(mode(&dir.join("lock")), 0o600);
}

#[test]
fn the_key_shows_in_no_output() {
    let options = LocalOptions::new("data", RootKey::new([0xAB; RootKey::BYTES]));
    let shown = format!("{options:?}").to_lowercase();
    assert!(!shown.contains("171") && !shown.contains("ab, ab"), "{shown}");
}
