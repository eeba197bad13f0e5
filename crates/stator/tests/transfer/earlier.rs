//! What an earlier version wrote (`tests/fixtures`) is there, as that version showed it.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use testkit::http::{self, Connection};

use crate::folder::Folder;

/// Shards and records of the fixture are older than any that a server keeps by default.
const KEEP: [&str; 4] = ["--stream-shard-age", "36500days", "--stream-retention", "36500days"];

/// The scope that [`http::request`] writes into a request.
const DEFAULT_SCOPE: &str = "Credential=AKIDEXAMPLE/20261123/us-east-1/";

/// A folder with a copy of what the version wrote whose catalog records have format 3.
fn with_fixture(name: &str) -> Folder {
    let folder = Folder::new(name);
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/catalog-3");
    copy(&fixture, &folder.path(""));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// What the earlier version answered.
fn recorded(folder: &Folder) -> Value {
    serde_json::from_slice(&fs::read(folder.path("answers.json")).unwrap()).unwrap()
}

/// Asks what the earlier version was asked about a table, and compares.
async fn assert_answers(connection: &mut Connection, asked: &Value, shown: fn(&mut Value)) {
    let operation = asked["operation"].as_str().unwrap();
    let (account, region) = asked["scope"].as_str().unwrap().split_once('/').unwrap();
    let request = http::request(operation, &asked["request"].to_string());
    let request = String::from_utf8(request).unwrap();
    let scope = format!("Credential={account}/20261123/{region}/");
    let request = request.replace(DEFAULT_SCOPE, &scope);
    let answer = connection.exchange(request.as_bytes()).await.unwrap();
    let mut answer: Value = serde_json::from_slice(answer.body).unwrap();
    let mut expected = asked["answer"].clone();
    for value in [&mut answer, &mut expected] {
        without_today(value);
        shown(value);
    }
    assert_eq!(answer, expected, "{operation} {} in {}", asked["request"], asked["scope"]);
}

/// Takes out what is counted by the day.
fn without_today(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("NumberOfDecreasesToday");
            members.values_mut().for_each(without_today);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_today),
        _ => {}
    }
}

/// Takes out what names the stream: a restored table has one of its own.
fn without_stream_name(answer: &mut Value) {
    if let Some(table) = answer.get_mut("Table").and_then(Value::as_object_mut) {
        for name in ["LatestStreamArn", "LatestStreamLabel"] {
            table.remove(name);
        }
    }
}

async fn assert_stream(connection: &mut Connection, recorded: &Value) {
    let arn = json!({"StreamArn": recorded["arn"]});
    let described = connection.expect("DescribeStream", &arn).await.unwrap();
    assert_eq!(described, recorded["described"]);
    let mut records = Map::new();
    for shard in described["StreamDescription"]["Shards"].as_array().unwrap() {
        let id = &shard["ShardId"];
        let place = json!({"StreamArn": recorded["arn"], "ShardId": id,
            "ShardIteratorType": "TRIM_HORIZON"});
        let iterator = connection.expect("GetShardIterator", &place).await.unwrap();
        let page = connection.expect("GetRecords", &iterator).await.unwrap();
        records.insert(id.as_str().unwrap().into(), page["Records"].clone());
    }
    assert_eq!(Value::Object(records), recorded["records"]);
}

#[tokio::test]
async fn a_data_directory_opens_with_everything_in_it() {
    let folder = with_fixture("earlier-data");
    let recorded = recorded(&folder);
    // The second round reads what the first server left.
    for _ in 0..2 {
        let mut server = folder.server("data");
        server.arguments.extend(KEEP.map(Into::into));
        let server = server.start().unwrap();
        let mut connection = server.connect().await.unwrap();
        for asked in recorded["tables"].as_array().unwrap() {
            assert_answers(&mut connection, asked, |_| ()).await;
        }
        let listed = connection.expect("ListStreams", &json!({})).await.unwrap();
        let streams = recorded["streams"].as_array().unwrap();
        assert_eq!(listed["Streams"].as_array().unwrap().len(), streams.len());
        for stream in streams {
            assert_stream(&mut connection, stream).await;
        }
        drop(connection);
        server.stop().unwrap();
    }
}

#[tokio::test]
async fn a_data_directory_is_exported_as_it_was_then() {
    let folder = with_fixture("earlier-export");
    folder.done(&["export", "--data-dir", "data", "--plain", "--output", "again.jsonl"]);
    let lines = |file| {
        let text = fs::read_to_string(folder.path(file)).unwrap();
        // The first line says who wrote it and when.
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let (again, then) = (lines("again.jsonl"), lines("plain.jsonl"));
    assert_eq!(again.len(), then.len());
    for (again, then) in again.iter().zip(&then) {
        assert_eq!(again, then);
    }
}

#[tokio::test]
async fn exports_are_imported_with_everything_in_them() {
    let folder = with_fixture("earlier-import");
    let recorded = recorded(&folder);
    for (export, copy) in [("plain.jsonl", "one"), ("sealed.export", "two")] {
        folder.done(&["import", "--data-dir", copy, "--quiet", export]);
        let server = folder.server(copy).start().unwrap();
        let mut connection = server.connect().await.unwrap();
        for asked in recorded["tables"].as_array().unwrap() {
            assert_answers(&mut connection, asked, without_stream_name).await;
        }
        drop(connection);
        server.stop().unwrap();
    }
}
