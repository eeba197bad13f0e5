//! `stator streams tail` as a user meets it, following a real server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::http::Connection;
use testkit::process::{Launch, Server};

use support::refusal;

const STATOR: &str = env!("CARGO_BIN_EXE_stator");
/// A server that takes longer than this for anything hangs.
const PATIENCE: Duration = Duration::from_secs(60);

fn start(name: &str) -> Server {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tail");
    fs::create_dir_all(&folder).unwrap();
    let mut launch = Launch::in_memory(Path::new(STATOR), &folder.join(name));
    launch.arguments.extend(["--stream-shard-age", "1s"].map(Into::into));
    launch.start().unwrap()
}

fn tail(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(STATOR);
    command.args(["streams", "tail", "--endpoint-url", url]).args(arguments);
    command.stdin(Stdio::null()).env_remove("AWS_REGION").env_remove("AWS_DEFAULT_REGION");
    command
}

/// A tail of the server that writes into a pipe.
fn spawn(server: &Server, arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let url = format!("http://{}", server.address());
    let mut child = tail(&url, arguments).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

async fn create_table(connection: &mut Connection, view: Option<&str>) {
    let mut table = json!({
        "TableName": "notes",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    });
    if let Some(view) = view {
        table["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": view});
    }
    connection.expect("CreateTable", &table).await.unwrap();
}

async fn put(connection: &mut Connection, version: u32) {
    let item = json!({"id": {"S": "a"}, "version": {"N": version.to_string()}});
    let input = json!({"TableName": "notes", "Item": item});
    connection.expect("PutItem", &input).await.unwrap();
}

async fn delete_table(connection: &mut Connection) {
    connection.expect("DeleteTable", &json!({"TableName": "notes"})).await.unwrap();
}

/// How many shards of the table's stream are closed.
async fn closed_shards(connection: &mut Connection) -> usize {
    let table = connection.expect("DescribeTable", &json!({"TableName": "notes"})).await.unwrap();
    let stream = json!({"StreamArn": table["Table"]["LatestStreamArn"]});
    let stream = connection.expect("DescribeStream", &stream).await.unwrap();
    let shards = stream["StreamDescription"]["Shards"].as_array().unwrap();
    let ended = |shard: &&Value| shard["SequenceNumberRange"]["EndingSequenceNumber"].is_string();
    shards.iter().filter(ended).count()
}

fn version(line: &str) -> u32 {
    let record: Value = serde_json::from_str(line).expect("each line is a record");
    assert_eq!(record["eventSource"], "aws:dynamodb");
    record["dynamodb"]["NewImage"]["version"]["N"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn changes_come_once_and_in_order_across_rollovers() {
    let server = start("rollovers");
    let mut connection = server.connect().await.unwrap();
    create_table(&mut connection, Some("NEW_AND_OLD_IMAGES")).await;
    let (mut child, lines) = spawn(&server, &["notes", "--json", "--from-start"]);
    let begun = Instant::now();
    let mut versions = 0;
    // Two generations of four shards are closed.
    while closed_shards(&mut connection).await < 8 {
        assert!(begun.elapsed() < PATIENCE, "no shard is followed by another");
        put(&mut connection, versions).await;
        versions += 1;
    }
    delete_table(&mut connection).await;

    let seen: Vec<u32> = lines.lines().map(|line| version(&line.unwrap())).collect();
    assert_eq!(seen, (0..versions).collect::<Vec<_>>());
    assert!(child.wait().unwrap().success(), "it ends with its stream");
}

#[tokio::test]
async fn a_tail_begins_now_and_ends_at_ctrl_c_with_a_whole_line() {
    let server = start("ctrl-c");
    let mut connection = server.connect().await.unwrap();
    create_table(&mut connection, Some("NEW_IMAGE")).await;
    put(&mut connection, 0).await;
    let (mut child, mut lines) = spawn(&server, &["notes", "--json"]);
    let first = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        (line, lines)
    });
    let mut versions = 1;
    while !first.is_finished() {
        put(&mut connection, versions).await;
        versions += 1;
    }
    let (line, mut lines) = first.await.unwrap();
    assert!(version(&line) > 0, "what was there before is not shown");

    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(rest.is_empty() || rest.ends_with('\n'), "{rest}");
    let seen: Vec<u32> = rest.lines().map(version).collect();
    let next = version(&line) + 1;
    assert_eq!(seen, (next..).take(seen.len()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_tail_ends_when_nobody_reads_it() {
    let server = start("closed-pipe");
    let mut connection = server.connect().await.unwrap();
    create_table(&mut connection, Some("KEYS_ONLY")).await;
    let (mut child, lines) = spawn(&server, &["notes"]);
    drop(lines);
    assert!(child.wait().unwrap().success());
}

#[tokio::test]
async fn people_read_what_changed_without_colours_in_a_pipe() {
    let server = start("readable");
    let mut connection = server.connect().await.unwrap();
    create_table(&mut connection, Some("NEW_AND_OLD_IMAGES")).await;
    put(&mut connection, 1).await;
    put(&mut connection, 2).await;
    delete_table(&mut connection).await;

    // A deleted table's stream is readable, and ends.
    for from in [["--from-start"].as_slice(), &["--since", "1h"]] {
        let (mut child, mut lines) = spawn(&server, &[&["notes"], from].concat());
        let mut text = String::new();
        lines.read_to_string(&mut text).unwrap();
        assert!(child.wait().unwrap().success());
        let lines: Vec<&str> = text.lines().collect();
        let [insert, added, modify, changed] = lines.as_slice() else { panic!("{text}") };
        assert!(insert.ends_with("  INSERT  id \"a\""), "{text}");
        assert!(modify.ends_with("  MODIFY  id \"a\""), "{text}");
        assert_eq!([*added, *changed], ["    + version 1", "      version 1 → 2"]);
    }
}

#[tokio::test]
async fn each_failure_is_one_line() {
    let server = start("failures");
    let mut connection = server.connect().await.unwrap();
    let url = format!("http://{}", server.address());
    let missing = refusal(tail(&url, &["notes"]));
    assert!(missing.starts_with("there is no table notes in region us-east-1"), "{missing}");

    create_table(&mut connection, None).await;
    let enable = format!(
        "aws dynamodb update-table --table-name notes --stream-specification \
         StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES --endpoint-url {url} \
         --region us-east-1"
    );
    let without = refusal(tail(&url, &["notes"]));
    assert_eq!(without, format!("notes has no stream; this enables one: {enable}"));

    for enabled in [
        json!({"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"}),
        json!({"StreamEnabled": false}),
    ] {
        let update = json!({"TableName": "notes", "StreamSpecification": enabled});
        connection.expect("UpdateTable", &update).await.unwrap();
    }
    let disabled = refusal(tail(&url, &["notes"]));
    assert!(disabled.starts_with("the stream of notes is disabled; --from-start"), "{disabled}");
    assert!(disabled.ends_with(&enable), "{disabled}");

    delete_table(&mut connection).await;
    let deleted = refusal(tail(&url, &["notes"]));
    assert!(deleted.starts_with("the table notes was deleted; --from-start"), "{deleted}");
}

#[test]
fn https_takes_the_certificates_that_it_is_told_to_trust() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tail");
    fs::create_dir_all(&folder).unwrap();
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| folder.join(name));
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(&chain, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut serve = Command::new(STATOR);
    serve.args(["serve", "--in-memory", "--listen", "127.0.0.1:0", "--log-level", "error"]);
    serve.arg("--tls-cert").arg(&chain).arg("--tls-key").arg(&key).stdout(Stdio::piped());
    let mut server = serve.spawn().unwrap();
    let banner = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = banner.filter_map(|line| Some(line[line.find("https://")?..].to_owned())).next();
    let url = url.unwrap();

    let trusting = refusal(tail(&url, &["notes", "--ca-bundle", chain.to_str().unwrap()]));
    let mut distrusting = tail(&url, &["notes"]);
    distrusting.env_remove("AWS_CA_BUNDLE");
    let distrusting = refusal(distrusting);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(trusting.starts_with("there is no table notes in region"), "{trusting}");
    assert!(distrusting.starts_with(&format!("cannot reach {url}: ")), "{distrusting}");
    assert!(distrusting.contains("certificate"), "{distrusting}");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    drop(taken);
    let line = refusal(tail(&url, &["notes"]));
    assert!(line.starts_with(&format!("cannot reach {url}: Connection refused")), "{line}");

    let line = refusal(tail("nowhere", &["notes"]));
    assert_eq!(line, "nowhere is not a URL; one looks like http://127.0.0.1:8000");
    let line = refusal(tail(&url, &["notes", "--since", "yesterday"]));
    assert!(line.contains("invalid value 'yesterday' for '--since <TIME>'"), "{line}");
}
