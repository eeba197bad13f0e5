use std::fs;
use std::io::{BufReader, Write as _};
use std::path::Path;

use base64::Engine as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use model::api::WriteRequest;
use model::{AttributeMap, AttributeValue, BillingMode, Item};

use super::*;
use crate::{Content, DumpError};

/// The changes with their lines, and the summary.
fn read(text: &str) -> Result<(Vec<(u64, WriteRequest)>, FileTotals), DumpError> {
    let mut changes = Vec::new();
    let summary = read_requests(text.as_bytes(), "Films", &mut |located| {
        changes.push((located.line, located.request));
        Ok(())
    })?;
    Ok((changes, summary))
}

fn attributes(id: &str) -> Item {
    Item::encode(&AttributeMap::from([("id".into(), AttributeValue::S(id.into()))]))
}

fn put(id: &str) -> WriteRequest {
    WriteRequest::put(attributes(id))
}

fn refusal(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn whole(changes: &[(u64, WriteRequest)]) -> FileTotals {
    FileTotals { count: changes.len() as u64, is_partial: false }
}

#[test]
fn lines_of_a_full_export_are_items() {
    let text = "{\"Item\":{\"id\":{\"S\":\"a\"}}}\n\n{\"Item\":{\"id\":{\"S\":\"b\"}}}\n";
    let (changes, summary) = read(text).unwrap();
    assert_eq!(changes, [(1, put("a")), (3, put("b"))]);
    assert_eq!(summary, whole(&changes));
}

#[test]
fn lines_of_an_incremental_export_put_the_new_image_or_delete() {
    let written = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"id":{"S":"a"}},"OldImage":{"id":{"S":"x"}},"NewImage":{"id":{"S":"a"}}}"#;
    let removed = r#"{"Metadata":{"WriteTimestampMicros":{"N":"2"}},"Keys":{"id":{"S":"b"}},"OldImage":{"id":{"S":"b"}}}"#;
    let (changes, _) = read(&format!("{written}\n{removed}\n")).unwrap();
    assert_eq!(changes, [(1, put("a")), (2, WriteRequest::delete(attributes("b")))]);
}

#[test]
fn a_scan_as_the_command_line_prints_it_is_items() {
    let text = r#"{
    "Items": [
        {"id": {"S": "a"}},
        {"id": {"S": "b"}}
    ],
    "Count": 2,
    "ScannedCount": 2,
    "ConsumedCapacity": null
}
"#;
    let (changes, summary) = read(text).unwrap();
    assert_eq!(changes, [(3, put("a")), (4, put("b"))]);
    assert_eq!(summary, whole(&changes));
    assert_eq!(read(r#"[{"id":{"S":"a"}}]"#).unwrap().0, [(1, put("a"))]);
    assert_eq!(read("{\"Items\":[]}").unwrap().0, []);
}

#[test]
fn a_scan_that_goes_on_elsewhere_says_so() {
    for token in [r#""NextToken":"e30=""#, r#""LastEvaluatedKey":{"id":{"S":"a"}}"#] {
        let (_, summary) = read(&format!(r#"{{"Items":[{{"id":{{"S":"a"}}}}],{token}}}"#)).unwrap();
        assert_eq!(summary, FileTotals { count: 1, is_partial: true });
    }
    let (_, summary) = read(r#"{"Items":[],"LastEvaluatedKey":null}"#).unwrap();
    assert!(!summary.is_partial);
}

#[test]
fn requests_of_batch_write_item_put_and_delete() {
    let requests = r#"{"Films":[{"PutRequest":{"Item":{"id":{"S":"a"}}}},{"DeleteRequest":{"Key":{"id":{"S":"b"}}}}]}"#;
    let expected = [(1, put("a")), (1, WriteRequest::delete(attributes("b")))];
    assert_eq!(read(requests).unwrap().0, expected);
    assert_eq!(read(&format!("{{\"RequestItems\":{requests}}}")).unwrap().0, expected);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let good = "{\"Item\":{\"id\":{\"S\":\"a\"}}}\n";
    for (bad, reason) in [
        (r#"{"Item":{"id":{"N":"x"}}}"#, "The parameter cannot be converted to a numeric value: x"),
        (r#"{"Item":[]}"#, "an item must be an object"),
        (r#"{"Item":"#, "EOF while parsing a value"),
        ("nonsense", "expected ident"),
        (
            r#"{"Movies":[]}"#,
            r#""Movies" is neither a member of a file of items nor the table "Films""#,
        ),
        (r#"{"Films":[{}]}"#, "a request has either a PutRequest or a DeleteRequest"),
        (
            r#"{"Films":[{"PutReqest":{}}]}"#,
            "unknown field `PutReqest`, expected `PutRequest` or `DeleteRequest`",
        ),
        (
            "12",
            "invalid type: integer `12`, expected an object with an Item, Items or requests, or an array of items",
        ),
    ] {
        assert_eq!(refusal(&format!("{good}{bad}")), format!("line 2: {reason}"), "{bad}");
    }
}

#[test]
fn a_change_that_is_refused_ends_the_reading() {
    let text = "{\"Item\":{}}\n{\"Item\":{}}\n";
    let mut shown = 0;
    let error = read_requests(text.as_bytes(), "t", &mut |_| {
        shown += 1;
        Err("no key".into())
    });
    assert_eq!((error.unwrap_err().to_string(), shown), ("line 1: no key".into(), 1));
}

/// An export's folder with one data file; its manifest says `checksum`.
fn export_folder(folder: &Path, format: &str, checksum: impl FnOnce(&[u8]) -> String) {
    let mut data = GzEncoder::new(Vec::new(), Compression::fast());
    data.write_all(b"{\"Item\":{\"id\":{\"S\":\"a\"}}}\n").unwrap();
    let data = data.finish().unwrap();
    fs::create_dir(folder.join("data")).unwrap();
    fs::write(folder.join("data/abc.json.gz"), &data).unwrap();
    let summary = format!(r#"{{"version":"2020-06-30","outputFormat":"{format}","itemCount":1}}"#);
    fs::write(folder.join("manifest-summary.json"), summary).unwrap();
    let files = format!(
        "{{\"itemCount\":1,\"md5Checksum\":\"{}\",\"etag\":\"e\",\
         \"dataFileS3Key\":\"AWSDynamoDB/0169-ab/data/abc.json.gz\"}}\n",
        checksum(&data)
    );
    fs::write(folder.join("manifest-files.json"), files).unwrap();
}

fn md5_of(data: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(md5::compute(data).0)
}

#[test]
fn the_folder_of_an_export_is_read_by_its_manifest() {
    let folder = tempfile::tempdir().unwrap();
    export_folder(folder.path(), "DYNAMODB_JSON", md5_of);
    let files = data_files(folder.path()).unwrap();
    let [file] = &files[..] else { panic!("{files:?}") };
    assert_eq!((file.items, &file.path), (Some(1), &folder.path().join("data/abc.json.gz")));
    file.verify().unwrap();
    let source = BufReader::new(fs::File::open(&file.path).unwrap());
    let Ok(Content::Other(source)) = crate::open(source, |_| Vec::new()) else { panic!() };
    let mut changes = Vec::new();
    let take = &mut |located: LocatedRequest| {
        changes.push((located.line, located.text_bytes, located.request));
        Ok(())
    };
    read_requests(source, "Films", take).unwrap();
    assert_eq!(changes, [(1, r#"{"id":{"S":"a"}}"#.len(), put("a"))]);
}

#[test]
fn a_data_file_that_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    export_folder(folder.path(), "DYNAMODB_JSON", |_| md5_of(b"something else"));
    let files = data_files(folder.path()).unwrap();
    assert!(matches!(files[0].verify(), Err(DumpError::Damaged { .. })));
}

#[test]
fn folders_that_cannot_be_read_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error = data_files(folder.path()).unwrap_err().to_string();
    assert!(error.contains("the folder has no manifest-files.json"), "{error}");
    export_folder(folder.path(), "ION", md5_of);
    let error = data_files(folder.path()).unwrap_err().to_string();
    assert_eq!(error, "the export is in the format ION; export the table again as DYNAMODB_JSON");
}

#[test]
fn a_description_declares_the_same_table_under_another_name() {
    let described = r#"{"Table":{
        "TableName":"Old","TableStatus":"ACTIVE","TableArn":"arn:x","TableId":"u","ItemCount":3,
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"y","AttributeType":"N"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{"IndexName":"by-y","IndexStatus":"ACTIVE","ItemCount":1,
            "KeySchema":[{"AttributeName":"y","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"},
            "ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,"WriteCapacityUnits":0}}],
        "BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST","LastUpdateToPayPerRequestDateTime":1.5},
        "ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,"WriteCapacityUnits":0},
        "SSEDescription":{"Status":"ENABLED","SSEType":"KMS","KMSMasterKeyArn":"arn:aws:kms:k"},
        "TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"},
        "WarmThroughput":{"ReadUnitsPerSecond":12000},"DeletionProtectionEnabled":true}}"#;
    let table = read_declaration(described.as_bytes(), "New").unwrap();
    assert_eq!(
        (table.table_name.name(), table.billing_mode),
        ("New", Some(BillingMode::PayPerRequest))
    );
    assert!(table.provisioned_throughput.is_none());
    assert_eq!(table.deletion_protection_enabled, Some(true));
    let indexes = table.global_secondary_indexes.unwrap();
    assert_eq!((indexes[0].name.as_str(), indexes[0].throughput), ("by-y", None));
    assert_eq!(table.sse_specification.unwrap().kms_key.as_deref(), Some("arn:aws:kms:k"));
    assert_eq!(table.table_class, Some(model::TableClass::StandardInfrequentAccess));
}

#[test]
fn a_request_of_create_table_declares_its_table() {
    let request = r#"{"TableName":"Old","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6}}"#;
    let table = read_declaration(request.as_bytes(), "New").unwrap();
    let throughput = table.provisioned_throughput.unwrap();
    assert_eq!((throughput.read, throughput.write), (5, 6));
    let error = read_declaration(b"{}", "New").unwrap_err().to_string();
    assert_eq!(error, "it describes no table");
    let error = read_declaration(br#"{"KeySchema":[]}"#, "New").unwrap_err().to_string();
    assert!(error.starts_with("it describes no valid table: 1 validation error"), "{error}");
}
