//! A table that uses everything, and items that are easily spoilt.

use serde_json::{Value, json};

use crate::folder::Folder;

/// A table with everything that can be set.
pub(crate) fn films() -> Value {
    let attribute = |name, kind| json!({"AttributeName": name, "AttributeType": kind});
    let key = |name, role| json!({"AttributeName": name, "KeyType": role});
    json!({
        "TableName": "films",
        "AttributeDefinitions":
            [attribute("id", "B"), attribute("year", "N"), attribute("title", "S")],
        "KeySchema": [key("id", "HASH"), key("year", "RANGE")],
        "LocalSecondaryIndexes": [{
            "IndexName": "by-title",
            "KeySchema": [key("id", "HASH"), key("title", "RANGE")],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-year",
            "KeySchema": [key("year", "HASH")],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["odd"]},
            "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
        }],
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
        "SSESpecification": {"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": "alias/mine"},
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "DeletionProtectionEnabled": true,
        "Tags": [{"Key": "team", "Value": "blue"}],
    })
}

fn film(id: &str, year: &str, odd: Value) -> Value {
    json!({"id": {"B": id}, "year": {"N": year}, "title": {"S": "é\u{0}\n"}, "odd": odd})
}

/// Items with every type and the values that are easily lost.
fn odd_films() -> Vec<Value> {
    let digits = "1234567890123456789012345678901234567.8";
    let all = json!({"M": {
        "nothing": {"NULL": true},
        "numbers": {"NS": [format!("-{digits}"), "0", "1E-130", "9.9E+125"]},
        "strings": {"SS": ["", "a\"b\\", "😀"]},
        "binaries": {"BS": ["", "AP8="]},
        "list": {"L": [{"BOOL": false}, {"BOOL": true}, {"S": ""}, {"B": ""}, {"L": []}, {"M": {}}]},
    }});
    vec![
        film("AA==", "2001", all),
        film("AA==", digits, json!({"S": "x".repeat(100_000)})),
        film("/w==", "-0.5", json!({"N": "0"})),
        json!({"id": {"B": "AQ=="}, "year": {"N": "0"}}),
    ]
}

/// What tells whether two data directories hold the same.
fn questions() -> Vec<(&'static str, Value)> {
    let of_index = |index| json!({"TableName": "films", "IndexName": index});
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/films";
    vec![
        ("ListTables", json!({})),
        ("DescribeTable", json!({"TableName": "films"})),
        ("DescribeTimeToLive", json!({"TableName": "films"})),
        ("ListTagsOfResource", json!({"ResourceArn": arn})),
        ("Scan", json!({"TableName": "films"})),
        ("Scan", of_index("by-title")),
        ("Scan", of_index("by-year")),
    ]
}

/// Asserts that both directories hold the same, and all of it.
pub(crate) async fn assert_same(folder: &Folder, copy: &str) {
    let original = without_stream_name(folder.served("data", &questions()).await);
    assert_eq!(without_stream_name(folder.served(copy, &questions()).await), original);
    assert_eq!(original[4]["Count"], 4);
    assert_eq!((&original[5]["Count"], &original[6]["Count"]), (&json!(3), &json!(4)));
}

/// A copy has a stream of its own.
fn without_stream_name(mut answers: Vec<Value>) -> Vec<Value> {
    let table = answers[1]["Table"].as_object_mut().unwrap();
    for name in ["LatestStreamArn", "LatestStreamLabel"] {
        assert!(table.remove(name).is_some(), "{name} is not shown");
    }
    answers
}

/// A folder with the table `films`, its settings and its odd items in `data`.
pub(crate) async fn with_odd_films(name: &str) -> Folder {
    let folder = Folder::new(name);
    let put = |item| ("PutItem", json!({"TableName": "films", "Item": item}));
    let specification = json!({"AttributeName": "until", "Enabled": true});
    let expiry = json!({"TableName": "films", "TimeToLiveSpecification": specification});
    let settings = [("CreateTable", films()), ("UpdateTimeToLive", expiry)];
    let requests: Vec<_> = settings.into_iter().chain(odd_films().into_iter().map(put)).collect();
    folder.served("data", &requests).await;
    folder
}

/// The declaration of a table that has nothing but a key.
pub(crate) fn keyed_by_number(name: &str) -> Value {
    json!({
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    })
}
