//! What `decode` refuses, and in which words.

use model::ApiError;
use stator_wire::Operation;
use stator_wire::operations::{
    BatchGetItem, BatchWriteItem, CreateTable, DeleteItem, DeleteTable, DescribeTable, GetItem,
    ListTables, PutItem, Query, Scan, TransactGetItems, TransactWriteItems, UpdateItem,
};

fn refusal<O: Operation>(body: &str) -> ApiError {
    match stator_wire::decode::<O>(body.as_bytes()) {
        Ok(_) => panic!("{} accepts {body}", O::NAME),
        Err(error) => error,
    }
}

#[track_caller]
fn serialization<O: Operation>(body: &str, message: &str) {
    assert_eq!(refusal::<O>(body), ApiError::Serialization(message.into()), "{body}");
}

#[track_caller]
fn validation<O: Operation>(body: &str, message: &str) {
    assert_eq!(refusal::<O>(body), ApiError::Validation(message.into()), "{body}");
}

/// A PutItem of one attribute `a` with this value.
fn put(value: &str) -> String {
    format!(r#"{{"TableName":"abc","Item":{{"a":{value}}}}}"#)
}

#[test]
fn a_body_that_is_no_json_object_is_refused_without_a_message() {
    let nested = format!("{}{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    let bodies =
        ["", " ", "{", "}", "[]", "null", "7", "\"a\"", "{\"TableName\"", "{,}", "{'a':1}"];
    for body in bodies.into_iter().chain([nested.as_str()]) {
        serialization::<GetItem>(body, "");
    }
    let not_utf8 = b"{\"TableName\":\"\xff\"}";
    assert_eq!(
        stator_wire::decode::<ListTables>(b"{\"ExclusiveStartTableName\":\"a\xff\"}").unwrap_err(),
        ApiError::Serialization(String::new())
    );
    assert!(stator_wire::decode::<GetItem>(not_utf8).is_err());
}

#[test]
fn a_member_of_another_json_type_is_refused_in_the_parsers_words() {
    let structure = "Start of structure or map found where not expected";
    let cases = [
        (r#"{"TableName":1}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"TableName":1.5}"#, "DECIMAL_VALUE cannot be converted to String"),
        (r#"{"TableName":true}"#, "TRUE_VALUE cannot be converted to String"),
        (r#"{"TableName":false}"#, "FALSE_VALUE cannot be converted to String"),
        (r#"{"TableName":[]}"#, "Unrecognized collection type class java.lang.String"),
        (r#"{"TableName":{}}"#, structure),
        (r#"{"Limit":"1"}"#, "STRING_VALUE cannot be converted to Integer"),
        (r#"{"Limit":true}"#, "TRUE_VALUE cannot be converted to Integer"),
        (r#"{"Limit":{}}"#, structure),
        (r#"{"ConsistentRead":"yes"}"#, "Unexpected token received from parser"),
        (r#"{"ConsistentRead":1}"#, "NUMBER_VALUE cannot be converted to Boolean"),
        (r#"{"ConsistentRead":[]}"#, "Unrecognized collection type class java.lang.Boolean"),
        (r#"{"AttributesToGet":"a"}"#, "Unexpected field type"),
        (r#"{"AttributesToGet":{}}"#, structure),
        (r#"{"ExclusiveStartKey":"a"}"#, "Unexpected field type"),
        (
            r#"{"ExclusiveStartKey":[]}"#,
            "Unrecognized collection type java.util.Map<java.lang.String, \
             com.amazonaws.dynamodb.v20120810.AttributeValue>",
        ),
        (r#"{"ExclusiveStartKey":{"a":"b"}}"#, "Unexpected value type in payload"),
        (
            r#"{"ExclusiveStartKey":{"a":[]}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
        ),
    ];
    for (body, message) in cases {
        serialization::<Query>(body, message);
    }
    serialization::<CreateTable>(
        r#"{"ProvisionedThroughput":{"ReadCapacityUnits":"1"}}"#,
        "STRING_VALUE cannot be converted to Long",
    );
}

#[test]
fn a_value_of_another_json_type_is_refused_before_anything_is_validated() {
    let cases = [
        (r#"{"N":3}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"S":true}"#, "TRUE_VALUE cannot be converted to String"),
        (r#"{"BOOL":"x"}"#, "Unexpected token received from parser"),
        (r#"{"SS":"x"}"#, "Unexpected field type"),
        (r#"{"L":[{"N":3}]}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"M":{"b":{"N":3}}}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"B":1}"#, "only base-64-encoded strings are convertible to bytes"),
        (r#"{"B":[]}"#, "Unrecognized collection type class java.nio.ByteBuffer"),
        (r#"{"B":"abc"}"#, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
        (r#"{"B":"YWJj??!!"}"#, "Invalid Base64 character: '?'"),
        (r#"{"B":"YQ=a"}"#, "Invalid Base64 character: '='"),
        (r#"{"B":"===="}"#, "Invalid Base64 character: '='"),
        (r#"{"B":"YR=="}"#, "Invalid last non-pad Base64 character dectected"),
        (
            r#"{"BS":["YQ==","x"]}"#,
            "Base64 encoded length is expected a multiple of 4 bytes but found: 1",
        ),
    ];
    for (value, message) in cases {
        serialization::<PutItem>(&put(value), message);
    }
}

#[test]
fn required_members_are_missed_together() {
    validation::<GetItem>(
        "{}",
        "2 validation errors detected: \
         Value null at 'key' failed to satisfy constraint: Member must not be null; \
         Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    );
    validation::<GetItem>(
        r#"{"TableName":"abc","Key":null}"#,
        "1 validation error detected: \
         Value null at 'key' failed to satisfy constraint: Member must not be null",
    );
    validation::<CreateTable>(
        r#"{"TableName":"abc","AttributeDefinitions":[{"AttributeType":"S"}]}"#,
        "1 validation error detected: \
         Value null at 'attributeDefinitions.1.member.attributeName' failed to satisfy \
         constraint: Member must not be null",
    );
    validation::<BatchGetItem>(
        r#"{"RequestItems":{"abc":{}}}"#,
        "1 validation error detected: Value null at 'requestItems.abc.member.keys' failed to \
         satisfy constraint: Member must not be null",
    );
    validation::<TransactGetItems>(
        r#"{"TransactItems":[null]}"#,
        "1 validation error detected: Value null at 'transactItems.1.member.get' failed to \
         satisfy constraint: Member must not be null",
    );
}

#[test]
fn operations_on_tables_miss_a_name_in_words_of_their_own() {
    let missing = "The parameter 'TableName' is required but was not present in the request";
    let length = "TableName must be at least 3 characters long and at most 255 characters long";
    validation::<CreateTable>("{}", missing);
    validation::<DescribeTable>("{}", missing);
    validation::<DeleteTable>(r#"{"TableName":""}"#, length);
    validation::<DescribeTable>(&format!(r#"{{"TableName":"{}"}}"#, "n".repeat(256)), length);
}

#[test]
fn names_of_tables_and_indexes_are_bounded_in_length_and_alphabet() {
    validation::<GetItem>(
        r#"{"TableName":"a;","Key":{}}"#,
        "2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
         Value 'a;' at 'tableName' failed to satisfy constraint: \
         Member must have length greater than or equal to 3",
    );
    validation::<Scan>(
        r#"{"TableName":"abc","IndexName":"ab"}"#,
        "1 validation error detected: Value 'ab' at 'indexName' failed to satisfy constraint: \
         Member must have length greater than or equal to 3",
    );
    validation::<BatchWriteItem>(
        r#"{"RequestItems":{"a;b":[{}]}}"#,
        "1 validation error detected: Value '{a;b=[WriteRequest(deleteRequest=null, \
         putRequest=null)]}' at 'requestItems' failed to satisfy constraint: \
         Map keys must satisfy constraint: [Member must have length less than or equal to 255, \
         Member must have length greater than or equal to 3, \
         Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]",
    );
}

#[test]
fn numbers_have_bounds() {
    validation::<ListTables>(
        r#"{"Limit":0}"#,
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: \
         Member must have value greater than or equal to 1",
    );
    validation::<ListTables>(
        r#"{"Limit":101}"#,
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: \
         Member must have value less than or equal to 100",
    );
    validation::<Scan>(
        r#"{"TableName":"abc","Segment":-1,"TotalSegments":1000001}"#,
        "2 validation errors detected: Value '-1' at 'segment' failed to satisfy constraint: \
         Member must have value greater than or equal to 0; \
         Value '1000001' at 'totalSegments' failed to satisfy constraint: \
         Member must have value less than or equal to 1000000",
    );
}

#[test]
fn enumerations_list_their_words_in_the_services_order() {
    validation::<UpdateItem>(
        r#"{"TableName":"abc","Key":{},"ReturnValues":"all_old"}"#,
        "1 validation error detected: Value 'all_old' at 'returnValues' failed to satisfy \
         constraint: Member must satisfy enum value set: \
         [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
    );
    validation::<CreateTable>(
        r#"{"TableName":"abc","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
            {"AttributeName":"b","AttributeType":"SS"}]}"#,
        "1 validation error detected: Value 'SS' at \
         'attributeDefinitions.2.member.attributeType' failed to satisfy constraint: \
         Member must satisfy enum value set: [B, N, S]",
    );
    validation::<TransactWriteItems>(
        r#"{"TransactItems":[{"Put":{"TableName":"abc","Item":{},
            "ReturnValuesOnConditionCheckFailure":"dog"}}]}"#,
        "1 validation error detected: Value 'dog' at \
         'transactItems.1.member.put.returnValuesOnConditionCheckFailure' failed to satisfy \
         constraint: Member must satisfy enum value set: [ALL_OLD, NONE]",
    );
}

#[test]
fn collections_have_bounds() {
    validation::<BatchWriteItem>(
        r#"{"RequestItems":{}}"#,
        "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy \
         constraint: Member must have length greater than or equal to 1",
    );
    validation::<BatchWriteItem>(
        r#"{"RequestItems":{"test-table":[]}}"#,
        "1 validation error detected: Value '{test-table=[]}' at 'requestItems' failed to \
         satisfy constraint: Map value must satisfy constraint: \
         [Member must have length less than or equal to 25, \
         Member must have length greater than or equal to 1]",
    );
    validation::<TransactWriteItems>(
        r#"{"TransactItems":[]}"#,
        "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy \
         constraint: Member must have length greater than or equal to 1",
    );
    validation::<BatchGetItem>(
        r#"{"RequestItems":{"abc":{"Keys":[]}}}"#,
        "1 validation error detected: Value '[]' at 'requestItems.abc.member.keys' failed to \
         satisfy constraint: Member must have length greater than or equal to 1",
    );
    validation::<CreateTable>(
        r#"{"TableName":"abc","LocalSecondaryIndexes":[{"IndexName":"abc",
            "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
            "Projection":{"NonKeyAttributes":[""]}}]}"#,
        "1 validation error detected: Value '[]' at \
         'localSecondaryIndexes.1.member.projection.nonKeyAttributes' failed to satisfy \
         constraint: Member must satisfy constraint: \
         [Member must have length less than or equal to 255, \
         Member must have length greater than or equal to 1]",
    );
    let many = vec![r#"{"Get":{"TableName":"abc","Key":{}}}"#; 101].join(",");
    let message = refusal::<TransactGetItems>(&format!(r#"{{"TransactItems":[{many}]}}"#));
    let message = message.to_string();
    assert!(
        message.starts_with(
            "1 validation error detected: Value '[TransactGetItem(get=Get(\
             expressionAttributeNames=null, key={}, "
        ),
        "{message}"
    );
    assert!(
        message.ends_with(
            "at 'transactItems' failed to satisfy constraint: \
             Member must have length less than or equal to 100"
        ),
        "{message}"
    );
}

#[test]
fn a_null_in_a_collection_is_no_element() {
    validation::<BatchWriteItem>(
        r#"{"RequestItems":{"abc":null}}"#,
        "1 validation error detected: Value '{abc=null}' at 'requestItems' failed to satisfy \
         constraint: Map value must satisfy constraint: [Member must not be null]",
    );
    validation::<BatchGetItem>(
        r#"{"RequestItems":{"abc":{"Keys":[null]}}}"#,
        "1 validation error detected: Value '[null]' at 'requestItems.abc.member.keys' failed to \
         satisfy constraint: Member must satisfy constraint: [Member must not be null]",
    );
    validation::<PutItem>(
        &put(r#"{"SS":[null]}"#),
        "One or more parameter values were invalid: A set may not have a null member",
    );
}

#[test]
fn an_attribute_name_has_65535_units_at_most() {
    let too_long = "n".repeat(65_536);
    for body in [
        format!(r#"{{"TableName":"abc","Item":{{"{too_long}":{{"S":""}}}}}}"#),
        format!(
            r##"{{"TableName":"abc","Item":{{}},"ExpressionAttributeNames":{{"#n":"{too_long}"}}}}"##
        ),
    ] {
        let message = refusal::<PutItem>(&body).to_string();
        assert!(message.ends_with("[Member must have length less than or equal to 65535]"));
        assert!(message.len() < 20_000, "a refusal repeats a bounded part of the value");
    }
    let longest = "n".repeat(65_535);
    let body = format!(r#"{{"TableName":"abc","Item":{{"{longest}":{{"S":""}}}}}}"#);
    assert!(stator_wire::decode::<PutItem>(body.as_bytes()).is_ok());
}

#[test]
fn ten_violations_are_reported_at_most() {
    let actions = vec![r#"{"Get":{}}"#; 20].join(",");
    let message = refusal::<TransactGetItems>(&format!(r#"{{"TransactItems":[{actions}]}}"#));
    let message = message.to_string();
    assert!(message.starts_with("10 validation errors detected: "), "{message}");
    assert_eq!(message.matches("Member must not be null").count(), 10);
}

#[test]
fn a_value_has_exactly_one_type() {
    let empty = "Supplied AttributeValue is empty, must contain exactly one of the supported \
                 datatypes";
    let several = "Supplied AttributeValue has more than one datatypes set, must contain exactly \
                   one of the supported datatypes";
    validation::<PutItem>(&put("{}"), empty);
    validation::<PutItem>(&put("null"), empty);
    validation::<PutItem>(&put(r#"{"S":null}"#), empty);
    validation::<PutItem>(&put(r#"{"dog":"cat"}"#), empty);
    validation::<PutItem>(&put(r#"{"M":{"b":{"dog":"cat"}}}"#), empty);
    validation::<PutItem>(&put(r#"{"S":"a","N":"1"}"#), several);
    validation::<PutItem>(&put(r#"{"L":[{"S":"a","B":""}]}"#), several);
    validation::<BatchWriteItem>(r#"{"RequestItems":{"abc":[{}]}}"#, several);
    validation::<BatchWriteItem>(
        r#"{"RequestItems":{"abc":[{"PutRequest":{"Item":{}},"DeleteRequest":{"Key":{}}}]}}"#,
        several,
    );
}

#[test]
fn what_a_value_may_not_be() {
    let invalid = |rest: &str| format!("One or more parameter values were invalid: {rest}");
    let numeric = "The parameter cannot be converted to a numeric value";
    let cases = [
        (r#"{"NULL":false}"#, invalid("Null attribute value types must have the value of true")),
        (r#"{"SS":[]}"#, invalid("An string set  may not be empty")),
        (r#"{"NS":[]}"#, invalid("An number set  may not be empty")),
        (r#"{"BS":[]}"#, invalid("Binary sets should not be empty")),
        (r#"{"SS":["a","b","a"]}"#, invalid("Input collection [a, b, a] contains duplicates.")),
        (r#"{"NS":["1","1.0"]}"#, "Input collection contains duplicates".into()),
        (
            r#"{"BS":["YQ==","YQ=="]}"#,
            invalid("Input collection [YQ==, YQ==]of type BS contains duplicates."),
        ),
        (r#"{"N":""}"#, numeric.into()),
        (r#"{"N":"dog"}"#, format!("{numeric}: dog")),
        (r#"{"N":" 1"}"#, format!("{numeric}:  1")),
        (r#"{"NS":["NaN"]}"#, format!("{numeric}: NaN")),
        (
            r#"{"N":"1e126"}"#,
            "Number overflow. Attempting to store a number with magnitude larger than supported \
             range"
                .into(),
        ),
        (
            r#"{"N":"1e-131"}"#,
            "Number underflow. Attempting to store a number with magnitude smaller than \
             supported range"
                .into(),
        ),
        (
            r#"{"N":"123456789012345678901234567890123456789"}"#,
            "Attempting to store more than 38 significant digits in a Number".into(),
        ),
        (r#"{"M":{"":{"S":"a"}}}"#, "Empty attribute name".into()),
    ];
    for (value, message) in cases {
        validation::<PutItem>(&put(value), &message);
    }
    validation::<PutItem>(r#"{"TableName":"abc","Item":{"":{"S":"a"}}}"#, "Empty attribute name");
}

#[test]
fn documents_nest_32_levels() {
    let nested = |maps: usize| {
        put(&format!("{}{}{}", r#"{"M":{"a":"#.repeat(maps), r#"{"S":""}"#, "}}".repeat(maps)))
    };
    assert!(stator_wire::decode::<PutItem>(nested(31).as_bytes()).is_ok());
    for levels in [32, 50] {
        validation::<PutItem>(
            &nested(levels),
            "Nesting Levels have exceeded supported limits: \
             Attributes in the item have nested levels beyond supported limit",
        );
    }
}

#[test]
fn where_a_malformed_value_stands_shows_in_the_refusal() {
    validation::<Query>(
        r#"{"TableName":"abc","ExpressionAttributeValues":{":a":{"SS":["a","a"]}}}"#,
        "ExpressionAttributeValues contains invalid value: One or more parameter values were \
         invalid: Input collection [a, a] contains duplicates. for key :a",
    );
    validation::<Scan>(
        r#"{"TableName":"abc","ExclusiveStartKey":{"a":{"N":"x"}}}"#,
        "The provided starting key is invalid: \
         The parameter cannot be converted to a numeric value: x",
    );
}

#[test]
fn an_action_of_a_transaction_is_exactly_one() {
    validation::<TransactWriteItems>(
        r#"{"TransactItems":[{}]}"#,
        "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request",
    );
    validation::<TransactWriteItems>(
        r#"{"TransactItems":[{"Put":{"TableName":"abc","Item":{}},
            "Delete":{"TableName":"abc","Key":{}}}]}"#,
        "TransactItems can only contain one of Check, Put, Update or Delete",
    );
}

/// The order of the names is that of the service, whatever the request's.
#[test]
fn legacy_parameters_are_refused_beside_expressions() {
    let mixed = |legacy: &str, expressions: &str| {
        format!(
            "Can not use both expression and non-expression parameters in the same request: \
             Non-expression parameters: {{{legacy}}} Expression parameters: {{{expressions}}}"
        )
    };
    validation::<PutItem>(
        r#"{"TableName":"abc","Item":{},"Expected":{},"ConditionExpression":"a = b"}"#,
        &mixed("Expected", "ConditionExpression"),
    );
    validation::<UpdateItem>(
        r#"{"TableName":"abc","Key":{},"ConditionExpression":"","UpdateExpression":"",
            "ConditionalOperator":"OR","Expected":{"a":{"Value":{}}},"AttributeUpdates":{}}"#,
        &mixed(
            "AttributeUpdates, Expected, ConditionalOperator",
            "UpdateExpression, ConditionExpression",
        ),
    );
    validation::<GetItem>(
        r#"{"TableName":"abc","Key":{},"AttributesToGet":["a"],"ProjectionExpression":"a"}"#,
        &mixed("AttributesToGet", "ProjectionExpression"),
    );
    validation::<BatchGetItem>(
        r#"{"RequestItems":{"abc":{"Keys":[{}],"AttributesToGet":["a"],
            "ProjectionExpression":"a"}}}"#,
        &mixed("AttributesToGet", "ProjectionExpression"),
    );
    validation::<Query>(
        r#"{"TableName":"abc","KeyConditions":{},"KeyConditionExpression":"a",
            "QueryFilter":{},"FilterExpression":"b"}"#,
        &mixed("QueryFilter, KeyConditions", "FilterExpression, KeyConditionExpression"),
    );
    validation::<Scan>(
        r#"{"TableName":"abc","ScanFilter":{},"ProjectionExpression":"a"}"#,
        &mixed("ScanFilter", "ProjectionExpression"),
    );
}

#[test]
fn legacy_parameters_meet_the_models_constraints() {
    let words = "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, \
                 CONTAINS";
    validation::<Query>(
        r#"{"TableName":"abc","KeyConditions":{"a":{"ComparisonOperator":"eq"}}}"#,
        &format!(
            "1 validation error detected: Value 'eq' at \
             'keyConditions.a.member.comparisonOperator' failed to satisfy constraint: Member must \
             satisfy enum value set: [{words}]"
        ),
    );
    validation::<Scan>(
        r#"{"TableName":"abc","ScanFilter":{"a":{}}}"#,
        "1 validation error detected: Value null at 'scanFilter.a.member.comparisonOperator' \
         failed to satisfy constraint: Member must not be null",
    );
    validation::<UpdateItem>(
        r#"{"TableName":"abc","Key":{},"AttributeUpdates":{"a":{"Action":"SET"}}}"#,
        "1 validation error detected: Value 'SET' at 'attributeUpdates.a.member.action' failed to \
         satisfy constraint: Member must satisfy enum value set: [ADD, PUT, DELETE]",
    );
    validation::<GetItem>(
        r#"{"TableName":"abc","Key":{},"AttributesToGet":[]}"#,
        "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy \
         constraint: Member must have length greater than or equal to 1",
    );
    validation::<DeleteItem>(
        r#"{"TableName":"abc","Key":{},"Expected":{"":{"Exists":false}}}"#,
        "Empty attribute name",
    );
    validation::<GetItem>(
        r#"{"TableName":"abc","Key":{},"AttributesToGet":[""]}"#,
        "Empty attribute name",
    );
    validation::<PutItem>(
        r#"{"TableName":"abc","Item":{},"Expected":{"a":{"Value":{"N":"x"}}}}"#,
        "The parameter cannot be converted to a numeric value: x",
    );
}
