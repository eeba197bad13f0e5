//! Stator's own exports.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use serde_json::json;

use crate::films::{assert_same, keyed_by_number, with_odd_films};
use crate::folder::Folder;

#[tokio::test]
async fn everything_comes_back_from_a_sealed_export_without_a_word_of_keys() {
    let folder = with_odd_films("sealed").await;
    let said = folder.done(&["export", "--data-dir", "data", "--output", "films.export"]);
    assert_eq!(
        said,
        "exported 1 table with 4 items to films.export\n\
         it opens with the key file data.key: without that key it cannot be read\n"
    );
    let said = folder.done(&["import", "--data-dir", "copy", "films.export"]);
    assert_eq!(
        said,
        "imported 1 table with 4 items into copy\n\
         its new key file is copy.key: keep a copy, without it the data is lost\n"
    );
    assert_same(&folder, "copy").await;
    let sealed = fs::read(folder.path("films.export")).unwrap();
    assert!(!sealed.windows(5).any(|window| window == b"films"));
}

#[tokio::test]
async fn everything_comes_back_from_a_plain_export_packed_or_not() {
    let folder = with_odd_films("plain").await;
    for (file, copy) in [("films.jsonl", "one"), ("films.jsonl.gz", "two")] {
        let said = folder.done(&["export", "--data-dir", "data", "--plain", "--output", file]);
        assert!(said.ends_with("it is not encrypted\n"), "{said}");
        folder.done(&["import", "--data-dir", copy, "--quiet", file]);
        assert_same(&folder, copy).await;
    }
    let text = fs::read_to_string(folder.path("films.jsonl")).unwrap();
    assert!(text.lines().any(|line| line == r#"{"Item":{"id":{"B":"AQ=="},"year":{"N":"0"}}}"#));
    assert!(fs::read(folder.path("films.jsonl.gz")).unwrap().len() * 10 < text.len());
}

#[tokio::test]
async fn an_export_passes_through_pipes() {
    let folder = with_odd_films("pipes").await;
    let exported = folder.run(&["export", "--data-dir", "data", "--output", "-"]);
    assert!(exported.status.success());
    let mut import = folder.start(&["import", "--data-dir", "copy", "--quiet", "-"]);
    import.stdin.take().unwrap().write_all(&exported.stdout).unwrap();
    assert!(import.wait().unwrap().success());
    assert_same(&folder, "copy").await;
}

#[tokio::test]
async fn only_the_tables_asked_for_are_exported_and_imported() {
    let folder = with_odd_films("chosen").await;
    let tables = ["music", "plays"].map(|name| ("CreateTable", keyed_by_number(name)));
    folder.served("data", &tables).await;
    let export = ["export", "--data-dir", "data", "--output"];
    let with = |file, tables: &[&'static str]| {
        let tables = tables.iter().flat_map(|name| ["--table", *name]);
        export.into_iter().chain([file]).chain(tables).collect::<Vec<_>>()
    };
    folder.done(&with("two", &["music", "films"]));
    folder.done(&["import", "--data-dir", "both", "two"]);
    assert_eq!(folder.tables("both").await, json!(["films", "music"]));
    folder.done(&["import", "--data-dir", "one", "--table", "music", "two"]);
    assert_eq!(folder.tables("one").await, json!(["music"]));
    // What is missing there already goes well beside what is there.
    folder.done(&["import", "--data-dir", "one", "--table", "films", "two"]);
    assert_eq!(folder.tables("one").await, json!(["films", "music"]));

    assert_eq!(
        folder.refusal(&with("three", &["films", "theatre"])),
        "there is no table theatre; leave --table out to export all"
    );
    assert!(!folder.path("three").exists());
    assert_eq!(
        folder.refusal(&["import", "--data-dir", "none", "--table", "plays", "two"]),
        "nothing was imported: two has no table plays"
    );
    assert_eq!(folder.tables("none").await, json!([]));
}

#[tokio::test]
async fn a_table_that_exists_is_named_and_nothing_is_imported() {
    let folder = with_odd_films("exists").await;
    folder.done(&["export", "--data-dir", "data", "--output", "films.export"]);
    assert_eq!(
        folder.refusal(&["import", "--data-dir", "data", "films.export"]),
        "nothing was imported: the table films of account 000000000000 in us-east-1: \
         Table already exists: films"
    );
    folder.done(&["import", "--data-dir", "copy", "films.export"]);
    assert_same(&folder, "copy").await;
}

#[tokio::test]
async fn a_file_is_never_overwritten_and_has_its_name_only_when_it_is_whole() {
    let folder = with_odd_films("overwritten").await;
    fs::write(folder.path("mine"), "dear").unwrap();
    assert_eq!(
        folder.refusal(&["export", "--data-dir", "data", "--output", "mine"]),
        "mine exists; choose another name"
    );
    assert_eq!(fs::read(folder.path("mine")).unwrap(), b"dear");
    let line = folder.refusal(&["export", "--data-dir", "data", "--output", "nowhere/mine"]);
    assert!(line.starts_with("cannot write nowhere/mine"), "{line}");
    let line = folder.refusal(&["export", "--data-dir", "other", "--output", "theirs"]);
    assert!(line.contains("other"), "{line}");
    assert_eq!(folder.names(), ["data", "data.key", "data.seen", "mine"]);
}

#[tokio::test]
async fn the_key_is_looked_for_where_it_may_be_and_else_named() {
    let folder = with_odd_films("keys").await;
    fs::create_dir(folder.path("far")).unwrap();
    folder.done(&["export", "--data-dir", "data", "--output", "far/films.export"]);
    let import = |copy| vec!["import", "--data-dir", copy, "far/films.export"];

    // In the folder where the command runs, though neither the export nor the copy is there.
    folder.done(&import("far/away"));
    // Beside the export.
    fs::rename(folder.path("data.key"), folder.path("far/data.key")).unwrap();
    folder.done(&import("two"));
    // Under a name that only a person knows.
    fs::rename(folder.path("far/data.key"), folder.path("secret")).unwrap();
    assert_eq!(
        folder.refusal(&import("three")),
        "far/films.export: the key does not open it; it was sealed with the key file data.key; \
         name it with --export-key-file"
    );
    assert!(!folder.path("three").exists(), "nothing was made");
    let named = [&import("three")[..], &["--export-key-file", "secret"]].concat();
    folder.done(&named);
    let missing = [&import("four")[..], &["--export-key-file", "nowhere"]].concat();
    assert!(folder.refusal(&missing).starts_with("the key file nowhere is missing"));

    fs::rename(folder.path("secret"), folder.path("data.key")).unwrap();
    for copy in ["far/away", "two", "three"] {
        assert_same(&folder, copy).await;
    }
}

#[tokio::test]
async fn an_export_from_before_the_keys_were_rotated_still_opens() {
    let folder = with_odd_films("rotated").await;
    folder.done(&["export", "--data-dir", "data", "--output", "films.export"]);
    folder.done(&["keys", "rotate", "--data-dir", "data"]);
    folder.done(&["import", "--data-dir", "copy", "films.export"]);
    assert_same(&folder, "copy").await;
}

#[tokio::test]
async fn a_damaged_or_cut_export_is_refused_and_nothing_is_imported() {
    let folder = with_odd_films("damaged").await;
    folder.done(&["export", "--data-dir", "data", "--output", "sealed"]);
    folder.done(&["export", "--data-dir", "data", "--plain", "--output", "packed.gz"]);
    folder.done(&["export", "--data-dir", "data", "--plain", "--output", "plain"]);
    for file in ["sealed", "packed.gz", "plain"] {
        let intact = fs::read(folder.path(file)).unwrap();
        let mut flipped = intact.clone();
        flipped[intact.len() - 40] ^= 4;
        for bytes in [&flipped[..], &intact[..intact.len() - 40], &intact[..intact.len() / 2]] {
            fs::write(folder.path("bad"), bytes).unwrap();
            let line = folder.refusal(&["import", "--data-dir", "copy", "bad"]);
            assert!(line.contains("bad: "), "{line}");
            assert_eq!(folder.tables("copy").await, json!([]), "{file}");
        }
    }
    folder.done(&["import", "--data-dir", "copy", "plain"]);
    assert_same(&folder, "copy").await;
}

#[tokio::test]
async fn an_import_that_is_killed_or_interrupted_leaves_nothing_to_be_seen() {
    let folder = Folder::new("killed");
    fs::write(folder.path("table.json"), keyed_by_number("big").to_string()).unwrap();
    let text = "x".repeat(1000);
    let item = |id| json!({"Item": {"id": {"N": format!("{id}")}, "text": {"S": text}}});
    let lines: Vec<String> = (0..16_000).map(|id| format!("{}\n", item(id))).collect();
    fs::write(folder.path("items.json"), lines.concat()).unwrap();
    let create = ["--create-from", "table.json", "--table", "big", "items.json"];
    folder.done(&[&["import", "--data-dir", "data"][..], &create].concat());
    folder.done(&["export", "--data-dir", "data", "--plain", "--output", "big.jsonl"]);

    // A pipe and the batches on their way hold far less than half of it: when this much has been
    // written, items have reached the data directory.
    let export = fs::read(folder.path("big.jsonl")).unwrap();
    for signal in ["-KILL", "-TERM"] {
        let mut import = folder.start(&["import", "--data-dir", "copy", "-"]);
        let mut stdin = import.stdin.take().unwrap();
        stdin.write_all(&export[..export.len() / 2]).unwrap();
        Command::new("kill").args([signal, &import.id().to_string()]).status().unwrap();
        let output = import.wait_with_output().unwrap();
        // Until now it could have gone on reading.
        drop(stdin);
        let said = String::from_utf8(output.stderr).unwrap();
        match signal {
            "-TERM" => assert_eq!(said, "stator: interrupted; nothing was imported\n"),
            _ => assert_eq!(said, ""),
        }
        assert_eq!(folder.tables("copy").await, json!([]));
    }

    folder.done(&["import", "--data-dir", "copy", "big.jsonl"]);
    let describe = ("DescribeTable", json!({"TableName": "big"}));
    let described = folder.served("data", std::slice::from_ref(&describe)).await;
    assert_eq!(folder.served("copy", &[describe]).await, described);
    assert_eq!(described[0]["Table"]["ItemCount"], 16_000);
}

#[tokio::test]
async fn a_server_keeps_its_data_directory_to_itself() {
    let folder = with_odd_films("served").await;
    folder.done(&["export", "--data-dir", "data", "--output", "films.export"]);
    let server = folder.server("data").start().unwrap();
    for arguments in [
        &["export", "--data-dir", "data", "--output", "again.export"][..],
        &["import", "--data-dir", "data", "films.export"],
    ] {
        let line = folder.refusal(arguments);
        assert!(line.contains("data is in use by another process"), "{line}");
    }
    server.stop().unwrap();
    assert!(!folder.path("again.export").exists());
}
