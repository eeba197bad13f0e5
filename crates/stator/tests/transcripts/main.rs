//! Golden transcripts: what goes over the wire, byte for byte, with the evidence for it.
//!
//! Each file under `tests/transcripts/<Operation>/` is one conversation with an empty server; its
//! form is described in `tests/transcripts/README.md`. Every one is held against the in-memory and
//! the durable engine. `UPDATE_TRANSCRIPTS=1` writes what was answered into the files, for a person
//! to review against the evidence.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod layout;
mod transcript;

use std::fs;
use std::path::{Path, PathBuf};

use stator::{Builder, Stator};
use testkit::http::Connection;
use transcript::{Exchange, Memory, Transcript};

#[tokio::test]
async fn transcripts_hold_in_memory() {
    for path in transcripts() {
        hold(&path, Stator::in_memory()).await;
    }
}

#[tokio::test]
async fn transcripts_hold_on_the_durable_engine() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("transcripts");
    let _ = fs::remove_dir_all(&folder);
    for (index, path) in transcripts().iter().enumerate() {
        hold(path, Stator::in_directory(folder.join(index.to_string()))).await;
    }
}

#[test]
fn every_operation_has_a_success_and_an_error() {
    let transcripts: Vec<_> = transcripts().iter().map(|path| Transcript::read(path)).collect();
    for operation in wire::OperationName::ALL {
        let statuses: Vec<_> = transcripts
            .iter()
            .flat_map(|transcript| &transcript.exchanges)
            .filter(|exchange| exchange.operation == operation.as_str() && exchange.is_shown())
            .map(|exchange| exchange.status)
            .collect();
        assert!(statuses.contains(&200), "{operation} has no success");
        assert!(statuses.contains(&400), "{operation} has no error");
    }
}

/// The paths of all transcripts, sorted.
fn transcripts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/transcripts");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let files = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut paths: Vec<_> = files.collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// Holds one conversation with a server of its own.
async fn hold(path: &Path, server: Builder) {
    let server = server.start().await.unwrap();
    let mut connection = Connection::open(server.addresses()[0]).await.unwrap();
    let mut transcript = Transcript::read(path);
    let mut memory = Memory::default();
    let updating = std::env::var_os("UPDATE_TRANSCRIPTS").is_some();
    for exchange in &mut transcript.exchanges {
        let answer = connection.exchange(&exchange.request(&memory)).await.unwrap();
        check_headers(answer.head, answer.body);
        let body = std::str::from_utf8(answer.body).unwrap();
        memory.learn(body);
        if updating {
            exchange.record(answer.status, body);
        } else {
            check(path, exchange, answer.status, body);
        }
    }
    if updating {
        fs::write(path, transcript.to_string()).unwrap();
    }
    server.stop().await.unwrap();
}

fn check(path: &Path, exchange: &Exchange, status: u16, body: &str) {
    if exchange.status == status && exchange.matches(body) {
        return;
    }
    panic!(
        "{}, {}\nexpected {}\n{}\nanswered {status}\n{}\n",
        path.display(),
        exchange.operation,
        exchange.status,
        exchange.answer,
        layout::pretty(body),
    );
}

/// What every answer carries, whatever it says.
fn check_headers(head: &str, body: &[u8]) {
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
            .unwrap_or_else(|| panic!("{name} is missing from\n{head}"))
    };
    assert_eq!(header("x-amz-crc32"), crc32fast::hash(body).to_string());
    assert_eq!(header("x-amzn-requestid").len(), 52);
    assert_eq!(header("server"), "Server");
    assert!(header("date").ends_with(" GMT"));
    if body.starts_with(b"{") {
        assert_eq!(header("content-type"), "application/x-amz-json-1.0");
    }
}
