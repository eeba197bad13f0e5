//! Answers byte for byte, for every operation.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::json;

use model::api::{
    BatchGetItemOutput, BatchWriteItemOutput, CreateTableOutput, DeleteRequest, DeleteTableOutput,
    DescribeTableOutput, GetItemOutput, ItemResponse, KeysAndAttributes, ListTablesOutput,
    PutItemOutput, PutRequest, QueryOutput, TransactGetItemsOutput, TransactWriteItemsOutput,
    UpdateTableOutput, WriteRequest,
};
use model::{
    AttributeDefinition, AttributeMap, AttributeValue, BillingMode, Capacity, CapacityReport,
    Consistency, ConsumedCapacity, IndexDefinition, IndexDescription, IndexKind, IndexPhase,
    IndexProjection, IndexStatus, Item, ItemCollectionMetrics, KeyElement, KeySchema, Number,
    OnDemandThroughput, ProvisionedThroughput, ReturnConsumedCapacity, ScalarType,
    SseSpecification, StreamSpecification, StreamView, TableClass, TableDefinition,
    TableDescription, TableRef, TableStatus, ThroughputChanges, Units,
};
use stator_wire::operations::{
    BatchGetItem, BatchWriteItem, CreateTable, DeleteTable, DescribeTable, GetItem, ListTables,
    PutItem, Query, TransactGetItems, TransactWriteItems, UpdateTable,
};
use stator_wire::{Encode, Operation};

#[track_caller]
fn assert_answer<O: Operation>(output: &O::Output, expected: &str) {
    let mut out = Vec::new();
    output.encode(&mut out);
    assert_eq!(String::from_utf8(out).expect("an answer is UTF-8"), expected);
}

fn attributes(pairs: &[(&str, AttributeValue)]) -> AttributeMap {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn key(text: &str) -> AttributeMap {
    attributes(&[("pk", string(text))])
}

fn number(text: &str) -> Number {
    Number::parse(text).expect("the test writes a number")
}

/// Two write units for the table and one for each of two indexes.
fn consumed(asked: ReturnConsumedCapacity) -> Option<CapacityReport> {
    let units = |item_bytes| Capacity { read: Units::default(), write: Units::write(item_bytes) };
    CapacityReport::new(
        asked,
        ConsumedCapacity {
            table: TableRef::new("t"),
            base: units(1500),
            local_indexes: vec![("local".into(), units(10))],
            global_indexes: vec![("global".into(), units(10))],
        },
    )
}

fn eventual_read() -> Option<CapacityReport> {
    CapacityReport::new(
        ReturnConsumedCapacity::Total,
        ConsumedCapacity {
            table: TableRef::new("t"),
            base: Capacity {
                read: Units::read(10, Consistency::Eventual),
                write: Units::default(),
            },
            local_indexes: Vec::new(),
            global_indexes: Vec::new(),
        },
    )
}

#[test]
fn get_item_prints_every_type() {
    let item = attributes(&[
        ("b", AttributeValue::B(vec![0, 1, 254])),
        ("b1", AttributeValue::B(vec![7])),
        ("bool", AttributeValue::Bool(false)),
        ("bs", AttributeValue::Bs(BTreeSet::from([vec![], vec![1, 2]]))),
        ("l", AttributeValue::L(vec![AttributeValue::Null, AttributeValue::Bool(true)])),
        ("m", AttributeValue::M(attributes(&[("x", AttributeValue::L(vec![]))]))),
        ("n", AttributeValue::N(number("-12.50"))),
        ("ns", AttributeValue::Ns(BTreeSet::from([number("1e3"), number("2")]))),
        ("s", string("")),
        ("ss", AttributeValue::Ss(BTreeSet::from(["ä".into(), "z".into()]))),
    ]);
    assert_answer::<GetItem>(
        &GetItemOutput { item: Some(Item::encode(&item)), consumed_capacity: None },
        r#"{"Item":{"b":{"B":"AAH+"},"b1":{"B":"Bw=="},"bool":{"BOOL":false},"bs":{"BS":["","AQI="]},"l":{"L":[{"NULL":true},{"BOOL":true}]},"m":{"M":{"x":{"L":[]}}},"n":{"N":"-12.5"},"ns":{"NS":["2","1000"]},"s":{"S":""},"ss":{"SS":["z","ä"]}}}"#,
    );
}

#[test]
fn strings_are_escaped_where_json_requires_it() {
    let text = "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}\u{2028}😀";
    let item = attributes(&[(text, string(text))]);
    let escaped = r#"\"\\/\u0008\u000c\n\r\t\u0000\u001f"#.to_owned() + "\u{7f}\u{2028}😀";
    assert_answer::<GetItem>(
        &GetItemOutput { item: Some(Item::encode(&item)), consumed_capacity: None },
        &format!(r#"{{"Item":{{"{escaped}":{{"S":"{escaped}"}}}}}}"#),
    );
}

#[test]
fn get_item_without_an_item_is_empty() {
    assert_answer::<GetItem>(
        &GetItemOutput { item: None, consumed_capacity: eventual_read() },
        r#"{"ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"t"}}"#,
    );
    assert_answer::<GetItem>(&GetItemOutput { item: None, consumed_capacity: None }, "{}");
}

#[test]
fn a_write_answers_what_was_asked_for() {
    assert_answer::<PutItem>(&PutItemOutput::default(), "{}");
    let answer = PutItemOutput {
        attributes: Some(Item::encode(&key("a"))),
        consumed_capacity: consumed(ReturnConsumedCapacity::Indexes),
        item_collection_metrics: Some(ItemCollectionMetrics {
            key: Item::encode(&key("a")),
            size_estimate_gb: (0.0, 1.0),
        }),
    };
    assert_answer::<PutItem>(
        &answer,
        r#"{"Attributes":{"pk":{"S":"a"}},"ConsumedCapacity":{"CapacityUnits":4.0,"TableName":"t","Table":{"CapacityUnits":2.0},"LocalSecondaryIndexes":{"local":{"CapacityUnits":1.0}},"GlobalSecondaryIndexes":{"global":{"CapacityUnits":1.0}}},"ItemCollectionMetrics":{"ItemCollectionKey":{"pk":{"S":"a"}},"SizeEstimateRangeGB":[0.0,1.0]}}"#,
    );
    assert!(consumed(ReturnConsumedCapacity::None).is_none());
}

#[test]
fn a_page_has_counts_and_its_items_unless_only_counted() {
    let page = QueryOutput {
        items: Some(Vec::new()),
        count: Some(0),
        scanned_count: Some(3),
        last_evaluated_key: Some(Item::encode(&key("a"))),
        consumed_capacity: None,
    };
    assert_answer::<Query>(
        &page,
        r#"{"Count":0,"Items":[],"LastEvaluatedKey":{"pk":{"S":"a"}},"ScannedCount":3}"#,
    );
    let items = vec![Item::encode(&key("a")), Item::encode(&key("b"))];
    assert_answer::<Query>(
        &QueryOutput {
            items: Some(items),
            count: Some(2),
            last_evaluated_key: None,
            ..page.clone()
        },
        r#"{"Count":2,"Items":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}],"ScannedCount":3}"#,
    );
    assert_answer::<Query>(
        &QueryOutput { items: None, count: Some(2), last_evaluated_key: None, ..page },
        r#"{"Count":2,"ScannedCount":3}"#,
    );
}

#[test]
fn a_batch_says_what_it_left_undone_in_the_form_of_a_request() {
    assert_answer::<BatchGetItem>(
        &BatchGetItemOutput {
            responses: Some(vec![(TableRef::new("t"), vec![Item::encode(&key("a"))])]),
            unprocessed_keys: Some(vec![(
                TableRef::new("u"),
                KeysAndAttributes {
                    keys: vec![key("b"), key("c")],
                    projection_expression: Some("#p".into()),
                    attributes_to_get: None,
                    expression_attribute_names: Some(BTreeMap::from([("#p".into(), "pk".into())])),
                    consistent_read: Some(true),
                },
            )]),
            consumed_capacity: eventual_read().map(|one| vec![one]),
        },
        r##"{"ConsumedCapacity":[{"CapacityUnits":0.5,"TableName":"t"}],"Responses":{"t":[{"pk":{"S":"a"}}]},"UnprocessedKeys":{"u":{"ConsistentRead":true,"ExpressionAttributeNames":{"#p":"pk"},"ProjectionExpression":"#p","Keys":[{"pk":{"S":"b"}},{"pk":{"S":"c"}}]}}}"##,
    );
    let legacy = KeysAndAttributes {
        keys: vec![key("b")],
        projection_expression: None,
        attributes_to_get: Some(vec!["pk".into(), "x".into()]),
        expression_attribute_names: None,
        consistent_read: None,
    };
    assert_answer::<BatchGetItem>(
        &BatchGetItemOutput {
            responses: Some(Vec::new()),
            unprocessed_keys: Some(vec![(TableRef::new("u"), legacy)]),
            consumed_capacity: None,
        },
        r#"{"Responses":{},"UnprocessedKeys":{"u":{"AttributesToGet":["pk","x"],"Keys":[{"pk":{"S":"b"}}]}}}"#,
    );
    let nothing = BatchWriteItemOutput {
        unprocessed_items: Some(Vec::new()),
        item_collection_metrics: None,
        consumed_capacity: None,
    };
    assert_answer::<BatchWriteItem>(&nothing, r#"{"UnprocessedItems":{}}"#);
    let writes = vec![
        WriteRequest::PutRequest(PutRequest { item: key("a") }),
        WriteRequest::DeleteRequest(DeleteRequest { key: key("b") }),
    ];
    assert_answer::<BatchWriteItem>(
        &BatchWriteItemOutput {
            unprocessed_items: Some(vec![(TableRef::new("t"), writes)]),
            ..nothing
        },
        r#"{"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}}"#,
    );
}

#[test]
fn transactions_split_capacity_into_reads_and_writes() {
    assert_answer::<TransactWriteItems>(
        &TransactWriteItemsOutput {
            item_collection_metrics: None,
            consumed_capacity: consumed(ReturnConsumedCapacity::Total).map(|one| vec![one.split()]),
        },
        r#"{"ConsumedCapacity":[{"CapacityUnits":4.0,"WriteCapacityUnits":4.0,"TableName":"t"}]}"#,
    );
    assert_answer::<TransactGetItems>(
        &TransactGetItemsOutput {
            responses: Some(vec![
                ItemResponse { item: Some(Item::encode(&key("a"))) },
                ItemResponse { item: None },
            ]),
            consumed_capacity: eventual_read().map(|one| vec![one.split()]),
        },
        r#"{"ConsumedCapacity":[{"CapacityUnits":0.5,"ReadCapacityUnits":0.5,"TableName":"t"}],"Responses":[{"Item":{"pk":{"S":"a"}}},{}]}"#,
    );
}

#[test]
fn list_tables_names_the_last_one_when_there_are_more() {
    assert_answer::<ListTables>(
        &ListTablesOutput { table_names: Some(Vec::new()), last_evaluated_table_name: None },
        r#"{"TableNames":[]}"#,
    );
    assert_answer::<ListTables>(
        &ListTablesOutput {
            table_names: Some(vec!["a".into(), "b".into()]),
            last_evaluated_table_name: Some("b".into()),
        },
        r#"{"LastEvaluatedTableName":"b","TableNames":["a","b"]}"#,
    );
}

fn described(item_count: u64, size_bytes: u64) -> IndexDescription {
    IndexDescription { status: IndexStatus::Active, item_count, size_bytes }
}

/// A table with everything: one index of each kind, all settings.
fn description() -> TableDescription {
    let element = |name: &str| KeyElement { name: name.into(), scalar_type: ScalarType::S };
    let index = |name: &str, kind, projection| IndexDefinition {
        name: name.into(),
        kind,
        key: KeySchema { hash: vec![element("pk")], range: vec![element("x")] },
        projection,
        throughput: Some(ProvisionedThroughput { read: 3, write: 4 })
            .filter(|_| kind == IndexKind::Global),
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        phase: IndexPhase::Active,
    };
    let definition = TableDefinition {
        name: "abc".into(),
        table_id: "id".into(),
        attributes: vec![AttributeDefinition { name: "pk".into(), scalar_type: ScalarType::S }],
        key: KeySchema { hash: vec![element("pk")], range: vec![] },
        indexes: vec![
            index("local", IndexKind::Local, IndexProjection::KeysOnly),
            index("global", IndexKind::Global, IndexProjection::Include(vec!["y".into()])),
        ],
        billing_mode: BillingMode::Provisioned,
        throughput: ProvisionedThroughput { read: 1, write: 2 },
        created_at_ms: 1_700_000_000_042,
        deletion_protection: true,
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        on_demand_since_ms: None,
        table_class: Some(TableClass::StandardInfrequentAccess),
        latest_stream_label: Some("2026".into()),
        stream: Some(StreamSpecification { view: StreamView::NewAndOldImages }),
        sse: Some(SseSpecification { enabled: true, kms_key: None }),
        tags: vec![("k".into(), "v".into())],
        expiry_attribute: None,
        expiry_phase: IndexPhase::Active,
        expiry_changed_at_ms: None,
    };
    TableDescription {
        definition: Arc::new(definition),
        arn: "arn:aws:dynamodb:us-east-1:000000000000:table/abc".into(),
        status: TableStatus::Active,
        item_count: 5,
        size_bytes: 60,
        indexes: vec![described(7, 80), described(9, 100)],
        described_at_ms: 1_700_000_000_042,
    }
}

#[test]
fn describe_table_shows_a_provisioned_table_with_its_indexes() {
    assert_answer::<DescribeTable>(
        &DescribeTableOutput { table: Some(description()) },
        r#"{"Table":{"TableName":"abc","TableStatus":"ACTIVE","TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc","TableId":"id","ItemCount":5,"TableSizeBytes":60,"DeletionProtectionEnabled":true,"ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":1,"WriteCapacityUnits":2},"CreationDateTime":1700000000.042,"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"LocalSecondaryIndexes":[{"IndexName":"local","IndexArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc/index/local","ItemCount":7,"IndexSizeBytes":80,"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"x","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],"GlobalSecondaryIndexes":[{"IndexName":"global","IndexArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc/index/global","ItemCount":9,"IndexSizeBytes":100,"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"x","KeyType":"RANGE"}],"Projection":{"NonKeyAttributes":["y"],"ProjectionType":"INCLUDE"},"IndexStatus":"ACTIVE","ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":3,"WriteCapacityUnits":4},"WarmThroughput":{"ReadUnitsPerSecond":3,"WriteUnitsPerSecond":4,"Status":"ACTIVE"}}],"LatestStreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc/stream/2026","LatestStreamLabel":"2026","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},"SSEDescription":{"Status":"ENABLED","SSEType":"KMS","KMSMasterKeyArn":"arn:aws:kms:us-east-1:000000000000:alias/aws/dynamodb"},"TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"},"WarmThroughput":{"ReadUnitsPerSecond":1,"WriteUnitsPerSecond":2,"Status":"ACTIVE"}}}"#,
    );
}

#[test]
fn create_table_shows_an_on_demand_table_with_its_billing_mode() {
    let provisioned = description();
    let definition = TableDefinition {
        indexes: Vec::new(),
        billing_mode: BillingMode::PayPerRequest,
        throughput: ProvisionedThroughput { read: 0, write: 0 },
        deletion_protection: false,
        on_demand: Some(OnDemandThroughput { read: Some(9), write: None }),
        on_demand_since_ms: Some(1_700_000_000_042),
        table_class: None,
        stream: None,
        latest_stream_label: None,
        sse: None,
        ..(*provisioned.definition).clone()
    };
    assert_answer::<CreateTable>(
        &CreateTableOutput {
            table_description: Some(TableDescription {
                definition: Arc::new(definition),
                status: TableStatus::Creating,
                item_count: 0,
                size_bytes: 0,
                indexes: Vec::new(),
                ..provisioned
            }),
        },
        r#"{"TableDescription":{"TableName":"abc","TableStatus":"CREATING","TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc","TableId":"id","ItemCount":0,"TableSizeBytes":0,"DeletionProtectionEnabled":false,"ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,"WriteCapacityUnits":0},"CreationDateTime":1700000000.042,"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST","LastUpdateToPayPerRequestDateTime":1700000000.042},"OnDemandThroughput":{"MaxReadRequestUnits":9},"WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,"Status":"ACTIVE"}}}"#,
    );
}

#[test]
fn a_table_shows_how_its_throughput_and_its_indexes_change() {
    let mut table = description();
    let mut definition = (*table.definition).clone();
    let units = |read, write| ProvisionedThroughput { read, write };
    definition.throughput_changes.note(units(9, 9), units(1, 2), 1_700_000_000_001);
    definition.throughput_changes.note(units(0, 9), units(1, 2), 1_700_000_000_002);
    definition.on_demand_since_ms = Some(1_600_000_000_000);
    definition.warm = Some(units(50, 1));
    definition.indexes.truncate(1);
    for name in ["coming", "going"] {
        let index =
            IndexDefinition { name: name.into(), ..description().definition.indexes[1].clone() };
        definition.indexes.push(index);
    }
    table.definition = Arc::new(definition);
    table.indexes = [IndexStatus::Active, IndexStatus::Backfilling, IndexStatus::Deleting]
        .map(|status| IndexDescription { status, ..described(0, 0) })
        .into();
    let mut answer = Vec::new();
    let output: <UpdateTable as Operation>::Output =
        UpdateTableOutput { table_description: Some(table) };
    output.encode(&mut answer);
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    let table = &answer["TableDescription"];
    assert_eq!(
        table["ProvisionedThroughput"],
        json!({
            "LastIncreaseDateTime": 1_700_000_000.002, "LastDecreaseDateTime": 1_700_000_000.002,
            "NumberOfDecreasesToday": 2, "ReadCapacityUnits": 1, "WriteCapacityUnits": 2,
        })
    );
    assert_eq!(
        table["BillingModeSummary"],
        json!({"BillingMode": "PROVISIONED", "LastUpdateToPayPerRequestDateTime": 1_600_000_000.0})
    );
    assert_eq!(
        table["WarmThroughput"],
        json!({"ReadUnitsPerSecond": 50, "WriteUnitsPerSecond": 2, "Status": "ACTIVE"})
    );
    let indexes = table["GlobalSecondaryIndexes"].as_array().unwrap();
    let state =
        |index: &serde_json::Value| (index["IndexStatus"].clone(), index["Backfilling"].clone());
    assert_eq!(state(&indexes[0]), (json!("CREATING"), json!(true)));
    assert_eq!(state(&indexes[1]), (json!("DELETING"), json!(null)));
}

#[test]
fn delete_table_shows_what_is_left_of_a_table() {
    let table = TableDescription { status: TableStatus::Deleting, ..description() };
    assert_answer::<DeleteTable>(
        &DeleteTableOutput { table_description: Some(table) },
        r#"{"TableDescription":{"TableName":"abc","TableStatus":"DELETING","TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc","TableId":"id","ItemCount":5,"TableSizeBytes":60,"DeletionProtectionEnabled":true,"ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":1,"WriteCapacityUnits":2}}}"#,
    );
}
