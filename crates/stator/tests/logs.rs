//! The log: what it tells of a request, and that it tells nothing of items.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::http::{Connection, request};
use testkit::process::{Launch, Server};

/// What stands for everything a log must not hold: keys, values, parts of expressions.
const SECRET: &str = "xyzzy";

/// A server on the durable engine and its log.
fn server(name: &str, arguments: &[&str]) -> (Server, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("logs").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (data, log) = (folder.join("data"), folder.join("log"));
    let mut launch = Launch::durable(Path::new(env!("CARGO_BIN_EXE_stator")), &data, &log);
    launch.arguments.extend(arguments.iter().map(Into::into));
    (launch.start().unwrap(), log)
}

async fn create_table(connection: &mut Connection) {
    let table = json!({
        "TableName": "notes",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "noon", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "noon", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-noon",
            "KeySchema": [{"AttributeName": "noon", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    connection.expect("CreateTable", &table).await.unwrap();
}

/// Calls that succeed, with secrets in every place.
fn calls() -> Vec<(&'static str, Value)> {
    let key = json!({"id": {"S": SECRET}, "noon": {"S": SECRET}});
    let item = json!({"id": {"S": SECRET}, "noon": {"S": SECRET}, "text": {"S": SECRET}});
    let values = json!({":v": {"S": SECRET}});
    vec![
        ("PutItem", json!({"TableName": "notes", "Item": item})),
        ("GetItem", json!({"TableName": "notes", "Key": key})),
        (
            "UpdateItem",
            json!({
                "TableName": "notes", "Key": key, "UpdateExpression": "SET note = :v",
                "ExpressionAttributeValues": values, "ReturnValues": "ALL_NEW",
            }),
        ),
        (
            "Query",
            json!({
                "TableName": "notes", "KeyConditionExpression": "id = :v",
                "ExpressionAttributeValues": values,
            }),
        ),
        (
            "Query",
            json!({
                "TableName": "notes", "IndexName": "by-noon", "KeyConditionExpression": "noon = :v",
                "ExpressionAttributeValues": values,
            }),
        ),
        (
            "Scan",
            json!({
                "TableName": "notes", "FilterExpression": "note = :v",
                "ExpressionAttributeValues": values,
            }),
        ),
        (
            "TransactWriteItems",
            json!({"TransactItems": [
                {"Put": {"TableName": "notes", "Item": item}},
            ]}),
        ),
        ("BatchGetItem", json!({"RequestItems": {"notes": {"Keys": [key]}}})),
        ("BatchWriteItem", json!({"RequestItems": {"notes": [{"DeleteRequest": {"Key": key}}]}})),
        ("PutItem", json!({"TableName": "notes", "Item": item})),
    ]
}

/// Bodies that are refused with messages that may quote them.
fn refused() -> Vec<(&'static str, String)> {
    let key = json!({"id": {"S": SECRET}, "noon": {"S": SECRET}});
    let put = |item: Value| ("PutItem", json!({"TableName": "notes", "Item": item}).to_string());
    vec![
        ("PutItem", format!("{{\"TableName\": \"notes\", \"Item\": {{\"{SECRET}")),
        put(json!({"id": {"S": "a"}, "noon": {"S": "a"}, "n": {"N": SECRET}})),
        put(json!({"id": {"S": "a"}, "noon": {"S": "a"}, "b": {"B": SECRET}})),
        put(json!({"id": {"S": "a"}, "noon": {"S": "a"}, "s": {"SS": [SECRET, SECRET]}})),
        put(json!({"id": {SECRET: "a"}, "noon": {"S": "a"}})),
        ("PutItem", json!({
            "TableName": "notes", "Item": {"id": {"S": SECRET}, "noon": {"S": SECRET}},
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }).to_string()),
        ("UpdateItem", json!({
            "TableName": "notes", "Key": key, "UpdateExpression": format!("SET {SECRET} {SECRET}"),
        }).to_string()),
        ("TransactWriteItems", json!({"TransactItems": [{"Put": {
            "TableName": "notes", "Item": key, "ConditionExpression": "attribute_not_exists(id)",
        }}]}).to_string()),
        ("GetItem", json!({"TableName": "notes", "Key": {"id": {"S": SECRET}}}).to_string()),
    ]
}

#[tokio::test]
async fn no_log_line_holds_anything_of_an_item() {
    let (server, log) = server("secrets", &["--log-level", "trace"]);
    let mut connection = server.connect().await.unwrap();
    create_table(&mut connection).await;
    for (operation, input) in calls() {
        connection.expect(operation, &input).await.unwrap();
    }
    for (operation, body) in refused() {
        let answer = connection.exchange(&request(operation, &body)).await.unwrap();
        assert_eq!(answer.status, 400, "{operation} {body}");
    }
    let metrics = connection.exchange(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    server.stop().unwrap();

    let log = fs::read_to_string(log).unwrap();
    assert_eq!(log.matches(" answered ").count(), calls().len() + 1, "{log}");
    assert_eq!(log.matches(" refused ").count(), refused().len(), "{log}");
    assert!(!log.contains(SECRET), "{log}");
    assert!(!metrics.contains(SECRET), "{metrics}");
    for name in ["stator_engine_commit_duration_seconds_count", "stator_engine_log_bytes"] {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        assert!(line.unwrap().parse::<u64>().unwrap() > 0, "{name} in {metrics}");
    }
}

#[tokio::test]
async fn a_line_tells_what_a_request_was_and_how_it_ended() {
    let (server, log) = server("fields", &["--log-level", "debug", "--log-format", "json"]);
    let mut connection = server.connect().await.unwrap();
    let body = r#"{"TableName": "nowhere"}"#;
    let answer = connection.exchange(&request("DescribeTable", body)).await.unwrap();
    let (status, bytes_out) = (answer.status, answer.body.len());
    server.stop().unwrap();

    let log = fs::read_to_string(log).unwrap();
    let mut events = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let event = events.find(|event| event["fields"]["message"] == "refused").unwrap();
    let fields = &event["fields"];
    assert_eq!(fields["operation"], "DescribeTable");
    assert_eq!(fields["table"], "nowhere");
    assert_eq!(fields["error"], "ResourceNotFoundException");
    assert_eq!(fields["status"], status);
    assert_eq!(fields["bytes_in"], body.len());
    assert_eq!(fields["bytes_out"], bytes_out);
    assert_eq!(fields["access_key_id"], "AKIDEXAMPLE");
    assert!(fields["peer"].as_str().unwrap().starts_with("127.0.0.1:"), "{fields}");
    assert!(fields["latency_us"].is_u64(), "{fields}");
    assert_eq!(fields["request_id"].as_str().map(str::len), Some(52));
}

#[tokio::test]
async fn slow_requests_are_warned_of() {
    let (server, log) = server("slow", &["--log-level", "warn", "--log-slow-ms", "0"]);
    let mut connection = server.connect().await.unwrap();
    connection.expect("ListTables", &json!({})).await.unwrap();
    server.stop().unwrap();
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("WARN") && log.contains("slow"), "{log}");
}
