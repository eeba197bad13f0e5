//! Answers byte for byte, for every operation.

use std::collections::{BTreeMap, BTreeSet};

use model::api::{
    BatchGetItemOutput, BatchWriteItemOutput, BillingModeSummary, CreateTableOutput, DeleteRequest,
    DeleteTableOutput, DescribeStreamOutput, DescribeTableOutput, GetItemOutput, GetRecordsOutput,
    GlobalSecondaryIndexDescription, GlobalSecondaryIndexWarmThroughputDescription, Identity,
    IndexStatus, ItemResponse, KeysAndAttributes, ListTablesOutput, LocalSecondaryIndexDescription,
    ProvisionedThroughputDescription, PutItemOutput, PutRequest, QueryOutput, Record,
    SSEDescription, SSEStatus, SequenceNumberRange, Shard, StreamDescription, StreamRecord,
    StreamStatus, TableClassSummary, TableDescription, TableStatus, TableWarmThroughputDescription,
    TransactGetItemsOutput, TransactWriteItemsOutput, UpdateTableOutput, WriteRequest,
};
use model::{
    AttributeDefinition, AttributeMap, AttributeValue, BillingMode, Capacity, CapacityReport,
    ChangeKind, Consistency, ConsumedCapacity, EventId, Item, ItemCollectionMetrics, KeyRole,
    KeySchemaElement, Number, OnDemandThroughput, ProjectionDeclaration, ProjectionType,
    ReturnConsumedCapacity, ScalarType, SequenceNumber, SseKind, StreamArn, StreamDeclaration,
    StreamView, TableClass, TableRef, Units,
};
use stator_wire::operations::{
    BatchGetItem, BatchWriteItem, CreateTable, DeleteTable, DescribeStream, DescribeTable, GetItem,
    GetRecords, ListTables, PutItem, Query, TransactGetItems, TransactWriteItems, UpdateTable,
};
use stator_wire::{Encode, Operation, Text};

#[track_caller]
fn assert_answer<O: Operation>(output: &O::Output, expected: &str) {
    let mut out = Text::default();
    output.encode(&mut out);
    let out = out.finish().expect("a short text is whole");
    assert_eq!(String::from_utf8(out).expect("an answer is UTF-8"), expected);
}

fn attributes(pairs: &[(&str, AttributeValue)]) -> AttributeMap {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn key(text: &str) -> Item {
    Item::encode(&attributes(&[("pk", string(text))]))
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
        attributes: Some(key("a")),
        consumed_capacity: consumed(ReturnConsumedCapacity::Indexes),
        item_collection_metrics: Some(ItemCollectionMetrics {
            key: key("a"),
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
        last_evaluated_key: Some(key("a")),
        consumed_capacity: None,
    };
    assert_answer::<Query>(
        &page,
        r#"{"Count":0,"Items":[],"LastEvaluatedKey":{"pk":{"S":"a"}},"ScannedCount":3}"#,
    );
    let items = vec![key("a"), key("b")];
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
            responses: Some(vec![(TableRef::new("t"), vec![key("a")])]),
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
                ItemResponse { item: Some(key("a")) },
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

/// A throughput with all that is ever shown of one.
fn throughput() -> ProvisionedThroughputDescription {
    ProvisionedThroughputDescription {
        last_decrease_date_time_ms: Some(1_700_000_000_001),
        last_increase_date_time_ms: Some(1_700_000_000_000),
        number_of_decreases_today: Some(2),
        read_capacity_units: Some(1),
        write_capacity_units: Some(0),
    }
}

fn element(name: &str, role: KeyRole) -> KeySchemaElement {
    KeySchemaElement { name: name.into(), role }
}

fn global_index() -> GlobalSecondaryIndexDescription {
    GlobalSecondaryIndexDescription {
        backfilling: Some(true),
        index_arn: Some("arn/index/global".into()),
        index_name: Some("global".into()),
        index_size_bytes: Some(100),
        index_status: Some(IndexStatus::Creating),
        item_count: Some(9),
        key_schema: Some(vec![element("x", KeyRole::Hash)]),
        on_demand_throughput: Some(OnDemandThroughput { read: None, write: Some(-1) }),
        projection: Some(ProjectionDeclaration {
            projection_type: Some(ProjectionType::Include),
            non_key_attributes: Some(vec!["y".into()]),
        }),
        provisioned_throughput: Some(throughput()),
        warm_throughput: Some(GlobalSecondaryIndexWarmThroughputDescription {
            read_units_per_second: Some(3),
            status: Some(IndexStatus::Active),
            write_units_per_second: Some(4),
        }),
    }
}

fn local_index() -> LocalSecondaryIndexDescription {
    LocalSecondaryIndexDescription {
        index_arn: Some("arn/index/local".into()),
        index_name: Some("local".into()),
        index_size_bytes: Some(80),
        item_count: Some(7),
        key_schema: Some(vec![element("pk", KeyRole::Hash), element("x", KeyRole::Range)]),
        projection: Some(ProjectionDeclaration {
            projection_type: Some(ProjectionType::KeysOnly),
            non_key_attributes: None,
        }),
    }
}

/// A table with every member that is ever shown, and an index of each kind.
fn description() -> TableDescription {
    let pk = AttributeDefinition { name: "pk".into(), scalar_type: ScalarType::S };
    TableDescription {
        attribute_definitions: Some(vec![pk]),
        billing_mode_summary: Some(BillingModeSummary {
            billing_mode: Some(BillingMode::PayPerRequest),
            last_update_to_pay_per_request_date_time_ms: Some(1_700_000_000_042),
        }),
        creation_date_time_ms: Some(1_700_000_000_042),
        deletion_protection_enabled: Some(true),
        global_secondary_indexes: Some(vec![global_index()]),
        item_count: Some(5),
        key_schema: Some(vec![element("pk", KeyRole::Hash)]),
        latest_stream_arn: StreamArn::parse(STREAM_ARN),
        latest_stream_label: Some("2026".into()),
        local_secondary_indexes: Some(vec![local_index()]),
        on_demand_throughput: Some(OnDemandThroughput { read: Some(9), write: Some(-1) }),
        provisioned_throughput: Some(throughput()),
        sse_description: Some(SSEDescription {
            inaccessible_encryption_date_time_ms: None,
            kms_master_key_arn: Some("kms".into()),
            sse_type: Some(SseKind::Kms),
            status: Some(SSEStatus::Enabled),
        }),
        stream_specification: Some(StreamDeclaration {
            enabled: true,
            view: Some(StreamView::NewAndOldImages),
        }),
        table_arn: Some("arn".into()),
        table_class_summary: Some(TableClassSummary {
            last_update_date_time_ms: None,
            table_class: Some(TableClass::StandardInfrequentAccess),
        }),
        table_id: Some("id".into()),
        table_name: Some("abc".into()),
        table_size_bytes: Some(60),
        table_status: Some(TableStatus::Active),
        warm_throughput: Some(TableWarmThroughputDescription {
            read_units_per_second: Some(12_000),
            status: Some(TableStatus::Active),
            write_units_per_second: Some(4_000),
        }),
        ..TableDescription::default()
    }
}

const STREAM_ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/abc/stream/2026";

#[test]
fn a_table_with_everything_is_described_in_the_order_of_the_service() {
    assert_answer::<DescribeTable>(
        &DescribeTableOutput { table: Some(description()) },
        r#"{"Table":{"TableName":"abc","TableStatus":"ACTIVE","TableArn":"arn","TableId":"id","ItemCount":5,"TableSizeBytes":60,"DeletionProtectionEnabled":true,"ProvisionedThroughput":{"LastIncreaseDateTime":1700000000.000,"LastDecreaseDateTime":1700000000.001,"NumberOfDecreasesToday":2,"ReadCapacityUnits":1,"WriteCapacityUnits":0},"CreationDateTime":1700000000.042,"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"LocalSecondaryIndexes":[{"IndexName":"local","IndexArn":"arn/index/local","ItemCount":7,"IndexSizeBytes":80,"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"x","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],"GlobalSecondaryIndexes":[{"IndexName":"global","IndexArn":"arn/index/global","ItemCount":9,"IndexSizeBytes":100,"KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],"Projection":{"NonKeyAttributes":["y"],"ProjectionType":"INCLUDE"},"IndexStatus":"CREATING","Backfilling":true,"ProvisionedThroughput":{"LastIncreaseDateTime":1700000000.000,"LastDecreaseDateTime":1700000000.001,"NumberOfDecreasesToday":2,"ReadCapacityUnits":1,"WriteCapacityUnits":0},"OnDemandThroughput":{"MaxWriteRequestUnits":-1},"WarmThroughput":{"ReadUnitsPerSecond":3,"WriteUnitsPerSecond":4,"Status":"ACTIVE"}}],"BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST","LastUpdateToPayPerRequestDateTime":1700000000.042},"OnDemandThroughput":{"MaxReadRequestUnits":9,"MaxWriteRequestUnits":-1},"LatestStreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc/stream/2026","LatestStreamLabel":"2026","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},"SSEDescription":{"Status":"ENABLED","SSEType":"KMS","KMSMasterKeyArn":"kms"},"TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"},"WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,"Status":"ACTIVE"}}}"#,
    );
}

#[test]
fn creations_changes_and_deletions_describe_the_table_alike() {
    let table_description =
        Some(TableDescription { table_name: Some("abc".into()), ..TableDescription::default() });
    let expected = r#"{"TableDescription":{"TableName":"abc"}}"#;
    let created = CreateTableOutput { table_description: table_description.clone() };
    assert_answer::<CreateTable>(&created, expected);
    let updated = UpdateTableOutput { table_description: table_description.clone() };
    assert_answer::<UpdateTable>(&updated, expected);
    assert_answer::<DeleteTable>(&DeleteTableOutput { table_description }, expected);
}

#[test]
fn a_stream_is_described_with_its_shards() {
    let number = |number| Some(SequenceNumber(number));
    let range = |starting, ending| SequenceNumberRange {
        starting_sequence_number: starting,
        ending_sequence_number: ending,
    };
    let shards = vec![
        Shard {
            parent_shard_id: None,
            sequence_number_range: Some(range(number(1), number(22))),
            shard_id: Some("a".into()),
        },
        Shard {
            parent_shard_id: Some("a".into()),
            sequence_number_range: Some(range(number(23), None)),
            shard_id: Some("b".into()),
        },
    ];
    let description = StreamDescription {
        creation_request_date_time_ms: Some(1_700_000_000_042),
        key_schema: Some(vec![element("pk", KeyRole::Hash)]),
        last_evaluated_shard_id: Some("b".into()),
        shards: Some(shards),
        stream_arn: StreamArn::parse(STREAM_ARN),
        stream_label: Some("2026".into()),
        stream_status: Some(StreamStatus::Enabled),
        stream_view_type: Some(StreamView::KeysOnly),
        table_name: Some("abc".into()),
    };
    assert_answer::<DescribeStream>(
        &DescribeStreamOutput { stream_description: Some(description) },
        r#"{"StreamDescription":{"CreationRequestDateTime":1700000000.042,"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"LastEvaluatedShardId":"b","Shards":[{"SequenceNumberRange":{"EndingSequenceNumber":"100000000000000000022","StartingSequenceNumber":"100000000000000000001"},"ShardId":"a"},{"ParentShardId":"a","SequenceNumberRange":{"StartingSequenceNumber":"100000000000000000023"},"ShardId":"b"}],"StreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc/stream/2026","StreamLabel":"2026","StreamStatus":"ENABLED","StreamViewType":"KEYS_ONLY","TableName":"abc"}}"#,
    );
}

#[test]
fn a_record_shows_items_as_they_are_and_its_time_in_whole_seconds() {
    let image = |value: &str| {
        let both = [("pk", string("a")), ("v", string(value))];
        Some(Item::encode(&attributes(&both)))
    };
    let change = StreamRecord {
        approximate_creation_date_time_ms: Some(1_700_000_000_999),
        keys: Some(key("a")),
        new_image: image("new"),
        old_image: image("old"),
        sequence_number: Some(SequenceNumber(7)),
        size_bytes: Some(17),
        stream_view_type: Some(StreamView::NewAndOldImages),
    };
    let record = Record {
        aws_region: Some("us-east-1".into()),
        dynamodb: Some(change),
        event_id: Some(EventId([0x0f; 16])),
        event_name: Some(ChangeKind::Modify),
        event_source: Some("aws:dynamodb"),
        event_version: Some("1.1"),
        user_identity: Some(Identity {
            principal_id: Some("dynamodb.amazonaws.com"),
            kind: Some("Service"),
        }),
    };
    assert_answer::<GetRecords>(
        &GetRecordsOutput { next_shard_iterator: Some("next".into()), records: Some(vec![record]) },
        r#"{"NextShardIterator":"next","Records":[{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1700000000,"Keys":{"pk":{"S":"a"}},"NewImage":{"pk":{"S":"a"},"v":{"S":"new"}},"OldImage":{"pk":{"S":"a"},"v":{"S":"old"}},"SequenceNumber":"100000000000000000007","SizeBytes":17,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventID":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","eventName":"MODIFY","eventSource":"aws:dynamodb","eventVersion":"1.1","userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}]}"#,
    );
}
