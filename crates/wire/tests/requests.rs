//! What `decode` makes of well-formed requests.

use std::collections::BTreeMap;

use model::api::{
    ConditionCheck, Delete, DeleteRequest, GetItemInput, GlobalSecondaryIndexUpdate, Put,
    PutRequest, QueryInput, Tag, TransactWriteItem, Update, UpdateItemInput, WriteRequest,
};
use model::legacy::{
    AttributeUpdate, AttributeUpdates, Comparison, ComparisonOperator, ConditionalOperator,
    ExpectedAttribute, UpdateAction,
};
use model::{
    AttributeDefinition, AttributeMap, AttributeValue, BillingMode, IndexDeclaration, Item,
    KeyRole, KeySchemaElement, Number, OnDemandThroughput, ProjectionDeclaration, ProjectionType,
    ProvisionedThroughput, ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues,
    ReturnValuesOnConditionCheckFailure, ScalarType, Select, SseDeclaration, SseKind,
    StreamDeclaration, StreamView, TableClass, TableRef, WarmThroughput,
};
use stator_wire::operations::{
    BatchGetItem, BatchWriteItem, CreateTable, GetItem, ListTables, PutItem, Query, Scan,
    TransactGetItems, TransactWriteItems, UpdateItem, UpdateTable,
};
use stator_wire::{Operation, OperationName};

#[track_caller]
fn decode<O: Operation>(body: &str) -> O::Input {
    stator_wire::decode::<O>(body.as_bytes()).expect("the request is well formed")
}

fn one(name: &str, value: AttributeValue) -> AttributeMap {
    AttributeMap::from([(name.to_owned(), value)])
}

fn item(name: &str, value: AttributeValue) -> Item {
    Item::encode(&one(name, value))
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(text: &str) -> AttributeValue {
    AttributeValue::N(Number::parse(text).expect("the test writes a number"))
}

#[test]
fn get_item_reads_all_it_has_and_ignores_the_rest() {
    let input = decode::<GetItem>(
        r##"{"TableName":"abc","Key":{"a":{"S":"x"}},"ConsistentRead":true,"Unknown":{"x":[1]},
            "ProjectionExpression":"#n","ExpressionAttributeNames":{"#n":"n"},
            "ReturnConsumedCapacity":"INDEXES"}"##,
    );
    assert_eq!(
        input,
        GetItemInput {
            table_name: TableRef::new("abc"),
            key: item("a", string("x")),
            projection_expression: Some("#n".into()),
            attributes_to_get: None,
            expression_attribute_names: Some(BTreeMap::from([("#n".into(), "n".into())])),
            consistent_read: Some(true),
            return_consumed_capacity: Some(ReturnConsumedCapacity::Indexes),
        }
    );
}

#[test]
fn put_item_reads_every_type_of_value() {
    let input = decode::<PutItem>(
        r#"{"TableName":"abc","Item":{
            "s":{"S":"\u00e4\n"},"n":{"N":"+1.50e1"},"b":{"B":"AAH+"},"bool":{"BOOL":false},
            "null":{"NULL":true,"S":null},"ss":{"SS":["b","","a"]},"ns":{"NS":["1","0.5"]},
            "bs":{"BS":["","YQ=="]},"l":{"L":[{"S":""},{"L":[]}]},"m":{"M":{"x":{"B":""}}}}}"#,
    );
    let expected = AttributeMap::from([
        ("s".into(), string("ä\n")),
        ("n".into(), number("15")),
        ("b".into(), AttributeValue::B(vec![0, 1, 254])),
        ("bool".into(), AttributeValue::Bool(false)),
        ("null".into(), AttributeValue::Null),
        ("ss".into(), AttributeValue::Ss(["".into(), "a".into(), "b".into()].into())),
        (
            "ns".into(),
            AttributeValue::Ns(["0.5", "1"].map(|text| Number::parse(text).unwrap()).into()),
        ),
        ("bs".into(), AttributeValue::Bs([vec![], b"a".to_vec()].into())),
        ("l".into(), AttributeValue::L(vec![string(""), AttributeValue::L(vec![])])),
        ("m".into(), AttributeValue::M(one("x", AttributeValue::B(vec![])))),
    ]);
    assert_eq!(input.item, Item::encode(&expected));
    assert_eq!(input.return_values, None);
    assert_eq!(input.return_item_collection_metrics, None);
}

#[test]
fn update_item_reads_its_expressions_and_options() {
    let input = decode::<UpdateItem>(
        r#"{"TableName":"arn:aws:dynamodb:eu-west-1:1:table/abc","Key":{"a":{"N":"1"}},
            "UpdateExpression":"SET b = :b","ConditionExpression":"a = :b",
            "ExpressionAttributeValues":{":b":{"N":"2"}},"ReturnValues":"UPDATED_NEW",
            "ReturnValuesOnConditionCheckFailure":"ALL_OLD",
            "ReturnItemCollectionMetrics":"SIZE","ReturnConsumedCapacity":"TOTAL"}"#,
    );
    assert_eq!(
        input,
        UpdateItemInput {
            table_name: TableRef::new("arn:aws:dynamodb:eu-west-1:1:table/abc"),
            key: item("a", number("1")),
            update_expression: Some("SET b = :b".into()),
            attribute_updates: None,
            expression_attribute_names: None,
            expression_attribute_values: Some([(":b".to_owned(), number("2").into())].into()),
            condition_expression: Some("a = :b".into()),
            conditional_operator: None,
            expected: None,
            return_values: Some(ReturnValues::UpdatedNew),
            return_values_on_condition_check_failure: Some(
                ReturnValuesOnConditionCheckFailure::AllOld
            ),
            return_consumed_capacity: Some(ReturnConsumedCapacity::Total),
            return_item_collection_metrics: Some(ReturnItemCollectionMetrics::Size),
        }
    );
}

#[test]
fn query_and_scan_read_their_pages() {
    assert_eq!(
        decode::<Query>(
            r#"{"TableName":"abc","IndexName":"idx","KeyConditionExpression":"a = :a",
                "FilterExpression":"f","ScanIndexForward":false,"Limit":2.9,"Select":"COUNT",
                "ExclusiveStartKey":{"a":{"S":"x"}}}"#,
        ),
        QueryInput {
            table_name: TableRef::new("abc"),
            index_name: Some("idx".into()),
            key_condition_expression: Some("a = :a".into()),
            key_conditions: None,
            filter_expression: Some("f".into()),
            query_filter: None,
            conditional_operator: None,
            projection_expression: None,
            attributes_to_get: None,
            expression_attribute_names: None,
            expression_attribute_values: None,
            select: Some(Select::Count),
            limit: Some(2),
            scan_index_forward: Some(false),
            exclusive_start_key: Some(item("a", string("x"))),
            consistent_read: None,
            return_consumed_capacity: None,
        }
    );
    assert_eq!(decode::<Query>(r#"{"TableName":"abc"}"#).scan_index_forward, None);
    let scan = decode::<Scan>(r#"{"TableName":"abc","TotalSegments":4,"Segment":0}"#);
    assert_eq!((scan.total_segments, scan.segment), (Some(4), Some(0)));
}

#[test]
fn update_item_reads_legacy_parameters() {
    let input = decode::<UpdateItem>(
        r#"{"TableName":"abc","Key":{},"ConditionalOperator":"OR",
            "AttributeUpdates":{"a":{"Value":{"N":"1"}},"b":{"Action":"DELETE","Value":null},
                "c":{"Action":"ADD","Value":{"N":"2"}}},
            "Expected":{"x":{"Exists":false},"y":{"Value":{"S":"v"},"Exists":true},
                "z":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"1"},{"N":"2"}]}}}"#,
    );
    let update = |action, value| AttributeUpdate { action, value };
    let updates = [
        ("a".to_owned(), update(UpdateAction::Put, Some(number("1").into()))),
        ("b".to_owned(), update(UpdateAction::Delete, None)),
        ("c".to_owned(), update(UpdateAction::Add, Some(number("2").into()))),
    ];
    assert_eq!(input.attribute_updates, Some(AttributeUpdates::from(updates)));
    let between = ExpectedAttribute {
        operator: Some(ComparisonOperator::Between),
        values: Some(vec![number("1").into(), number("2").into()]),
        ..ExpectedAttribute::default()
    };
    let absent = ExpectedAttribute { exists: Some(false), ..ExpectedAttribute::default() };
    let equal = ExpectedAttribute {
        value: Some(string("v").into()),
        exists: Some(true),
        ..ExpectedAttribute::default()
    };
    let attributes = [("x", absent), ("y", equal), ("z", between)];
    assert_eq!(input.expected, Some(attributes.map(|(name, it)| (name.to_owned(), it)).into()));
    assert_eq!(input.conditional_operator, Some(ConditionalOperator::Or));
}

/// KeyConditions are the one legacy parameter that may stand beside expressions.
#[test]
fn reads_take_legacy_parameters() {
    let equal =
        Comparison { operator: ComparisonOperator::Equal, values: vec![string("x").into()] };
    let missing = Comparison { operator: ComparisonOperator::Null, values: vec![] };
    let query = decode::<Query>(
        r#"{"TableName":"abc","FilterExpression":"f","KeyConditions":
            {"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}}}"#,
    );
    assert_eq!(query.key_conditions, Some([("a".to_owned(), equal)].into()));
    let scan = decode::<Scan>(
        r#"{"TableName":"abc","ScanFilter":{"b":{"ComparisonOperator":"NULL"}},
            "AttributesToGet":["a","b"],"ConditionalOperator":"AND"}"#,
    );
    assert_eq!(scan.scan_filter, Some([("b".to_owned(), missing)].into()));
    assert_eq!(scan.conditional_operator, Some(ConditionalOperator::And));
    assert_eq!(scan.attributes_to_get, Some(vec!["a".to_owned(), "b".to_owned()]));
}

#[test]
fn batches_keep_their_tables_and_the_last_of_a_repeated_one() {
    let input = decode::<BatchGetItem>(
        r#"{"RequestItems":{"zzz":{"Keys":[{"a":{"S":"1"}}],"ConsistentRead":false},
            "abc":{"Keys":[{"a":{"S":"2"}}]},"zzz":{"Keys":[{"a":{"S":"3"}}]}}}"#,
    );
    let tables: Vec<_> = input.request_items.iter().map(|(table, _)| table.as_str()).collect();
    assert_eq!(tables, ["zzz", "abc"]);
    assert_eq!(input.request_items[0].1.keys, [item("a", string("3"))]);
    assert_eq!(input.request_items[0].1.consistent_read, None);

    let input = decode::<BatchWriteItem>(
        r#"{"RequestItems":{"abc":[{"PutRequest":{"Item":{"a":{"S":"1"}}},"DeleteRequest":null},
            {"DeleteRequest":{"Key":{"a":{"S":"2"}}}}]}}"#,
    );
    let writes = vec![
        WriteRequest::PutRequest(PutRequest { item: item("a", string("1")) }),
        WriteRequest::DeleteRequest(DeleteRequest { key: item("a", string("2")) }),
    ];
    assert_eq!(input.request_items, [(TableRef::new("abc"), writes)]);
}

#[test]
fn transactions_read_each_kind_of_action() {
    let input = decode::<TransactWriteItems>(
        r#"{"ClientRequestToken":"t","TransactItems":[
            {"ConditionCheck":{"TableName":"abc","Key":{},"ConditionExpression":"c"}},
            {"Put":{"TableName":"abc","Item":{},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}},
            {"Delete":{"TableName":"abc","Key":{}}},
            {"Update":{"TableName":"abc","Key":{},"UpdateExpression":"u"}}]}"#,
    );
    let [check, put, delete, update] = &input.transact_items[..] else { panic!("four") };
    let on_failure = Some(ReturnValuesOnConditionCheckFailure::AllOld);
    assert!(matches!(check, TransactWriteItem::ConditionCheck(ConditionCheck {
        condition_expression, ..
    }) if condition_expression == "c"));
    assert!(matches!(put, TransactWriteItem::Put(Put {
        return_values_on_condition_check_failure, ..
    }) if *return_values_on_condition_check_failure == on_failure));
    assert!(
        matches!(delete, TransactWriteItem::Delete(Delete { key, .. }) if *key == Item::default())
    );
    assert!(matches!(update, TransactWriteItem::Update(Update {
        update_expression, ..
    }) if update_expression == "u"));
    assert_eq!(input.client_request_token.as_deref(), Some("t"));
    let gets = decode::<TransactGetItems>(
        r#"{"TransactItems":[{"Get":{"TableName":"abc","Key":{"a":{"S":"x"}}}}]}"#,
    );
    assert_eq!(gets.transact_items[0].get.key, item("a", string("x")));
}

#[test]
fn create_table_reads_the_whole_declaration() {
    let input = decode::<CreateTable>(
        r#"{"TableName":"abc",
            "AttributeDefinitions":[{"AttributeName":"a","AttributeType":"N"}],
            "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
            "GlobalSecondaryIndexes":[{"IndexName":"idx",
                "KeySchema":[{"AttributeName":"a","KeyType":"RANGE"}],
                "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]},
                "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}],
            "BillingMode":"PAY_PER_REQUEST","DeletionProtectionEnabled":true,
            "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},
            "SSESpecification":{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"k"},
            "TableClass":"STANDARD","Tags":[{"Key":"t","Value":""}]}"#,
    );
    let element = |role| vec![KeySchemaElement { name: "a".into(), role }];
    let index = IndexDeclaration {
        name: "idx".into(),
        key_schema: element(KeyRole::Range),
        projection: ProjectionDeclaration {
            projection_type: Some(ProjectionType::Include),
            non_key_attributes: Some(vec!["x".into()]),
        },
        throughput: Some(ProvisionedThroughput { read: 1, write: 2 }),
        on_demand: None,
        warm: None,
    };
    let definition = AttributeDefinition { name: "a".into(), scalar_type: ScalarType::N };
    let stream = StreamDeclaration { enabled: true, view: Some(StreamView::NewImage) };
    let sse =
        SseDeclaration { enabled: Some(true), kind: Some(SseKind::Kms), kms_key: Some("k".into()) };
    let tag = Tag { key: Some("t".into()), value: Some(String::new()) };
    assert_eq!(input.table_name, TableRef::new("abc"));
    assert_eq!(input.attribute_definitions, Some(vec![definition]));
    assert_eq!(input.key_schema, Some(element(KeyRole::Hash)));
    assert_eq!(input.local_secondary_indexes, None);
    assert_eq!(input.global_secondary_indexes, Some(vec![index]));
    assert_eq!(input.billing_mode, Some(BillingMode::PayPerRequest));
    assert_eq!(input.provisioned_throughput, None);
    assert_eq!(input.stream_specification, Some(stream));
    assert_eq!(input.sse_specification, Some(sse));
    assert_eq!(input.table_class, Some(TableClass::Standard));
    assert_eq!(input.deletion_protection_enabled, Some(true));
    assert_eq!(input.tags, Some(vec![tag]));
}

#[test]
fn update_table_tells_what_is_absent_from_what_is_asked_for() {
    let nothing = decode::<UpdateTable>(r#"{"TableName":"abc"}"#);
    assert_eq!(nothing.table_name, TableRef::new("abc"));
    assert_eq!(
        (
            nothing.deletion_protection_enabled,
            nothing.global_secondary_index_updates,
            nothing.sse_specification
        ),
        (None, None, None)
    );

    let update = decode::<UpdateTable>(
        r#"{"TableName":"abc","DeletionProtectionEnabled":false,
            "OnDemandThroughput":{"MaxWriteRequestUnits":-1},
            "WarmThroughput":{"ReadUnitsPerSecond":9},
            "GlobalSecondaryIndexUpdates":[{},
                {"Create":{"IndexName":"new","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
                    "Projection":{"ProjectionType":"ALL"}}},
                {"Update":{"IndexName":"old",
                    "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}},
                 "Delete":{"IndexName":"gone"}}]}"#,
    );
    assert_eq!(update.deletion_protection_enabled, Some(false));
    assert_eq!(
        update.on_demand_throughput,
        Some(OnDemandThroughput { read: None, write: Some(-1) })
    );
    assert_eq!(update.warm_throughput, Some(WarmThroughput { read: Some(9), write: None }));
    let [nothing, create, both] = &update.global_secondary_index_updates.unwrap()[..] else {
        panic!("three")
    };
    assert_eq!(*nothing, GlobalSecondaryIndexUpdate::default());
    assert_eq!(create.create.as_ref().unwrap().name, "new");
    assert_eq!(both.update.as_ref().unwrap().throughput.unwrap().write, 2);
    assert_eq!(both.delete.as_ref().unwrap().index_name, "gone");
}

#[test]
fn list_tables_needs_nothing() {
    let input = decode::<ListTables>("{}");
    assert_eq!((input.exclusive_start_table_name, input.limit), (None, None));
}

#[test]
fn the_table_of_operations_knows_its_names() {
    assert_eq!(OperationName::ALL.len(), OperationName::COUNT);
    for name in OperationName::ALL {
        assert_eq!(OperationName::parse(name.as_str()), Some(*name));
    }
    assert_eq!(OperationName::parse("getitem"), None);
    assert_eq!(
        OperationName::unbuilt("DynamoDB_20120810.ExecuteStatement"),
        Some("ExecuteStatement")
    );
    assert_eq!(OperationName::unbuilt("DynamoDB_20120810.GetItem"), None);
}
