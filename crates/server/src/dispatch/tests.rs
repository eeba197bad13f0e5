//! What each operation says that it touches, and what becomes of a request that is not admitted.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use auth::Caller;
use db::SchemaView;
use model::{ConsumedCapacity, KeyValue, Scope};
use serde_json::{Value, json};
use store::MemoryStore;

use super::*;
use crate::codec::Json10;
use crate::fixtures;
use crate::pipeline::{Access, Admission, Admit, Charge, Resource, Unlimited};

/// Writes down what it is asked about, and refuses the accesses at these positions.
#[derive(Debug, Clone, Default)]
struct Recorder {
    refused: Vec<usize>,
    seen: Arc<Mutex<String>>,
}

impl Admit for Recorder {
    fn admit(&self, schema: SchemaView<'_>, accesses: &[Access<'_>]) -> Admission {
        let mut seen = self.seen.lock().unwrap();
        seen.clear();
        accesses.iter().for_each(|access| writeln!(seen, "{}", line(schema, access)).unwrap());
        let charge = Box::new(Recorder { refused: Vec::new(), seen: Arc::clone(&self.seen) });
        Admission { refused: self.refused.clone(), charge: Some(charge) }
    }
}

impl Charge for Recorder {
    fn settle(self: Box<Self>, consumed: &[ConsumedCapacity]) {
        let mut seen = self.seen.lock().unwrap();
        for share in consumed {
            let (table, base) = (share.table.as_str(), share.base);
            let units = [base.read, base.write].map(|units| units.as_f64());
            writeln!(seen, "consumed of {table}: {units:?}").unwrap();
        }
    }
}

/// An access in one line: what is absent is left out.
fn line(schema: SchemaView<'_>, access: &Access<'_>) -> String {
    let (account, region) = access.resource.account_and_region(schema.scope());
    let resource = match &access.resource {
        Resource::Table(table) => format!("table {}", table.name()),
        Resource::Index(table, index) => format!("table {} index {index}", table.name()),
        Resource::Stream(stream) => format!("stream of {}", stream.table),
        Resource::Any => "anything".to_owned(),
    };
    let mut line = format!("{} {resource} in {account} {region}", access.action);
    let keys: Vec<String> =
        access.leading_keys(schema).iter().flatten().flatten().map(shown).collect();
    let attributes = access.attributes();
    let parts = [
        (!keys.is_empty()).then(|| format!("leading {}", keys.join(" "))),
        (!attributes.is_empty()).then(|| format!("naming {attributes:?}")),
        access.reads_everything().then(|| "everything".to_owned()),
        access.select.map(|select| format!("{select:?}")),
        access.return_values.map(|values| format!("values {values:?}")),
        access.return_consumed_capacity.map(|form| format!("capacity {form:?}")),
        access.enclosing_operation.map(|operation| format!("within {operation}")),
    ];
    for part in parts.into_iter().flatten() {
        write!(line, "; {part}").unwrap();
    }
    line
}

fn shown(value: &KeyValue<'_>) -> String {
    match value {
        KeyValue::S(text) => format!("S:{}", text.as_str()),
        KeyValue::N(number) => format!("N:{number}"),
        KeyValue::B(bytes) => format!("B:{bytes:?}"),
    }
}

/// A pipeline with the table `tab` (key `p`, `r`; index `idx` with key `g`; a stream) in it.
struct Bench {
    pipeline: Pipeline<MemoryStore>,
    recorder: Recorder,
}

impl Bench {
    async fn new() -> Self {
        Self::refusing(&[]).await
    }

    async fn refusing(refused: &[usize]) -> Self {
        let mut pipeline = pipeline().await;
        let table = json!({
            "TableName": "tab", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "p", "AttributeType": "S"},
                {"AttributeName": "r", "AttributeType": "N"},
                {"AttributeName": "g", "AttributeType": "S"}],
            "KeySchema": [
                {"AttributeName": "p", "KeyType": "HASH"},
                {"AttributeName": "r", "KeyType": "RANGE"}],
            "GlobalSecondaryIndexes": [{
                "IndexName": "idx", "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}]}],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"},
        });
        call(&pipeline, "CreateTable", &table).await.unwrap();
        let recorder = Recorder { refused: refused.to_vec(), ..Recorder::default() };
        pipeline.admit = Box::new(recorder.clone());
        Self { pipeline, recorder }
    }

    async fn call(&self, operation: &str, input: &Value) -> Result<Value, ApiError> {
        call(&self.pipeline, operation, input).await
    }

    /// What was seen of an operation, whether or not it could be carried out.
    async fn seen(&self, operation: &str, input: Value) -> String {
        drop(self.call(operation, &input).await);
        let seen = std::mem::take(&mut *self.recorder.seen.lock().unwrap());
        let seen = seen.lines().filter(|line| !line.starts_with("consumed"));
        seen.collect::<Vec<_>>().join("\n")
    }
}

async fn call(
    pipeline: &Pipeline<MemoryStore>,
    operation: &str,
    input: &Value,
) -> Result<Value, ApiError> {
    let operation = OperationName::parse(operation).unwrap();
    let output = called(&Json10, pipeline, operation, input.to_string().as_bytes()).await?;
    Ok(serde_json::from_slice(&output).unwrap())
}

/// A pipeline over an empty database.
pub(super) async fn pipeline() -> Pipeline<MemoryStore> {
    Pipeline::new(fixtures::database().await)
}

/// The output of an operation under some protocol.
pub(super) async fn called(
    protocol: &impl Protocol,
    pipeline: &Pipeline<MemoryStore>,
    operation: OperationName,
    input: &[u8],
) -> Result<Vec<u8>, ApiError> {
    let scope = Scope { account: "000000000000".into(), region: "eu-north-1".into() };
    let caller = Caller { access_key_id: "key".into(), region: "eu-north-1".into() };
    let (host, mut target) = ("localhost", None);
    let call = Call { caller: &caller, host, scope: &scope, target: &mut target };
    let output = dispatch(protocol, pipeline, operation, call, input).await?;
    Ok(output.finish().expect("a short answer is whole"))
}

const HOME: &str = "in 000000000000 eu-north-1";

#[tokio::test]
async fn an_operation_on_one_item_names_the_item() {
    let bench = Bench::new().await;
    let key = json!({"p": {"S": "a"}, "r": {"N": "1.0"}});
    let input = json!({"TableName": "tab", "Key": key, "ProjectionExpression": "x.y"});
    assert_eq!(
        bench.seen("GetItem", input).await,
        format!(
            "dynamodb:GetItem table tab {HOME}; leading S:a; naming {{\"p\", \"r\", \"x\"}}; \
             SpecificAttributes; capacity None"
        )
    );
    let input = json!({
        "TableName": "arn:aws:dynamodb:eu-west-1:111122223333:table/tab", "Key": key,
        "UpdateExpression": "SET x = :x", "ConditionExpression": "attribute_exists(y)",
        "ExpressionAttributeValues": {":x": {"S": "1"}}, "ReturnValues": "ALL_NEW",
        "ReturnConsumedCapacity": "TOTAL",
    });
    assert_eq!(
        bench.seen("UpdateItem", input).await,
        "dynamodb:UpdateItem table tab in 111122223333 eu-west-1; naming {\"p\", \"r\", \"x\", \
         \"y\"}; values AllNew; capacity Total",
        "no key leads in a table that this scope has not"
    );
    for (operation, member) in [("PutItem", "Item"), ("DeleteItem", "Key")] {
        assert_eq!(
            bench.seen(operation, json!({"TableName": "tab", member: key})).await,
            format!(
                "dynamodb:{operation} table tab {HOME}; leading S:a; naming {{\"p\", \"r\"}}; \
                 values None; capacity None"
            )
        );
    }
}

#[tokio::test]
async fn a_page_names_what_it_goes_through() {
    let bench = Bench::new().await;
    let input = json!({
        "TableName": "tab", "KeyConditionExpression": "p = :p AND r > :r",
        "FilterExpression": "size(x) > :r",
        "ExpressionAttributeValues": {":p": {"S": "a"}, ":r": {"N": "1"}},
    });
    assert_eq!(
        bench.seen("Query", input).await,
        format!(
            "dynamodb:Query table tab {HOME}; leading S:a; naming {{\"p\", \"r\", \"x\"}}; \
             AllAttributes; capacity None"
        )
    );
    let input = json!({
        "TableName": "tab", "IndexName": "idx", "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": {"S": "b"}},
    });
    assert_eq!(
        bench.seen("Query", input).await,
        format!(
            "dynamodb:Query table tab index idx {HOME}; leading S:b; naming {{\"g\"}}; \
             AllProjectedAttributes; capacity None"
        )
    );
    let input = json!({"TableName": "tab", "Select": "COUNT"});
    assert_eq!(
        bench.seen("Scan", input).await,
        format!("dynamodb:Scan table tab {HOME}; everything; Count; capacity None")
    );
}

#[tokio::test]
async fn what_cannot_lead_a_key_is_not_known_to_lead_it() {
    let bench = Bench::new().await;
    let wrong_type = json!({"TableName": "tab", "Key": {"p": {"N": "1"}, "r": {"N": "1"}}});
    let seen = bench.seen("GetItem", wrong_type).await;
    assert!(!seen.contains("leading") && seen.contains("naming"), "{seen}");
    let no_such_index = json!({
        "TableName": "tab", "IndexName": "odd", "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": {"S": "a"}},
    });
    let seen = bench.seen("Query", no_such_index).await;
    assert!(!seen.contains("leading") && seen.contains("index odd"), "{seen}");
}

#[tokio::test]
async fn batches_and_transactions_name_each_item() {
    let bench = Bench::new().await;
    let key = |p: &str| json!({"p": {"S": p}, "r": {"N": "1"}});
    let item = |action: &str, p: &str, rest: &str| {
        format!(
            "dynamodb:{action} table tab {HOME}; leading S:{p}; naming {{\"p\", \"r\"}}; {rest}"
        )
    };
    let input = json!({"RequestItems": {"tab": {"Keys": [key("a"), key("b")]}}});
    let rest = "AllAttributes; capacity None";
    assert_eq!(
        bench.seen("BatchGetItem", input).await,
        ["a", "b"].map(|p| item("BatchGetItem", p, rest)).join("\n")
    );
    let input = json!({"RequestItems": {"tab": [
        {"PutRequest": {"Item": key("a")}}, {"DeleteRequest": {"Key": key("b")}}]}});
    assert_eq!(
        bench.seen("BatchWriteItem", input).await,
        ["a", "b"].map(|p| item("BatchWriteItem", p, "capacity None")).join("\n")
    );
    let input = json!({"TransactItems": [{"Get": {"TableName": "tab", "Key": key("a")}}]});
    assert_eq!(
        bench.seen("TransactGetItems", input).await,
        item("GetItem", "a", "AllAttributes; capacity None; within TransactGetItems")
    );
    let input = json!({"TransactItems": [
        {"Put": {"TableName": "tab", "Item": key("a")}},
        {"Delete": {"TableName": "tab", "Key": key("b")}},
        {"ConditionCheck": {"TableName": "tab", "Key": key("c"),
            "ConditionExpression": "attribute_not_exists(p)"}}]});
    let rest = "values None; capacity None; within TransactWriteItems";
    let expected = [("PutItem", "a"), ("DeleteItem", "b"), ("ConditionCheckItem", "c")];
    assert_eq!(
        bench.seen("TransactWriteItems", input).await,
        expected.map(|(action, p)| item(action, p, rest)).join("\n")
    );
}

#[tokio::test]
async fn operations_on_declarations_and_streams_name_these() {
    let bench = Bench::new().await;
    let seen = bench.seen("DescribeTable", json!({"TableName": "tab"})).await;
    assert_eq!(seen, format!("dynamodb:DescribeTable table tab {HOME}"));
    let seen = bench.seen("ListTables", json!({})).await;
    assert_eq!(seen, format!("dynamodb:ListTables anything {HOME}"));

    let streams = bench.call("ListStreams", &json!({})).await.unwrap();
    let arn = &streams["Streams"][0]["StreamArn"];
    let described = bench.call("DescribeStream", &json!({"StreamArn": arn})).await.unwrap();
    let shard = &described["StreamDescription"]["Shards"][0]["ShardId"];
    let input = json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
    let iterator = bench.call("GetShardIterator", &input).await.unwrap();
    let seen = bench.seen("GetRecords", iterator).await;
    assert_eq!(seen, format!("dynamodb:GetRecords stream of tab {HOME}"));
    let elsewhere = "arn:aws:dynamodb:eu-west-1:111122223333:table/other/stream/then";
    for operation in ["GetResourcePolicy", "DeleteResourcePolicy"] {
        let seen = bench.seen(operation, json!({"ResourceArn": elsewhere})).await;
        let stream = "stream of other in 111122223333 eu-west-1";
        assert_eq!(seen, format!("dynamodb:{operation} {stream}"));
    }
    let seen = bench.seen("GetRecords", json!({"ShardIterator": "x"})).await;
    assert_eq!(seen, format!("dynamodb:GetRecords anything {HOME}"), "it reads nothing either");
}

#[tokio::test]
async fn a_batch_hands_back_what_there_is_no_capacity_for() {
    let bench = Bench::refusing(&[1]).await;
    let item = |p: &str| json!({"p": {"S": p}, "r": {"N": "1"}});
    let put = |p: &str| json!({"PutRequest": {"Item": item(p)}});
    let input = json!({"RequestItems": {"tab": [put("a"), put("b"), put("c")]}});
    let answer = bench.call("BatchWriteItem", &input).await.unwrap();
    assert_eq!(answer["UnprocessedItems"], json!({"tab": [put("b")]}));
    let settled = bench.recorder.seen.lock().unwrap().lines().last().map(str::to_owned);
    assert_eq!(settled.as_deref(), Some("consumed of tab: [0.0, 2.0]"));

    let keys = [item("a"), item("c"), item("b")];
    let input = json!({"RequestItems": {"tab": {"Keys": keys, "ConsistentRead": true}}});
    let answer = bench.call("BatchGetItem", &input).await.unwrap();
    assert_eq!(answer["Responses"], json!({"tab": [item("a")]}));
    let left = json!({"tab": {"Keys": [item("c")], "ConsistentRead": true}});
    assert_eq!(answer["UnprocessedKeys"], left);
}

#[tokio::test]
async fn a_request_without_capacity_does_nothing() {
    let bench = Bench::refusing(&[0]).await;
    let item = json!({"p": {"S": "a"}, "r": {"N": "1"}});
    let put = json!({"TableName": "tab", "Item": item});
    let batch = json!({"RequestItems": {"tab": [{"PutRequest": {"Item": item}}]}});
    let transaction = json!({"TransactItems": [{"Put": put}, {"Put": {
        "TableName": "tab", "Item": {"p": {"S": "b"}, "r": {"N": "1"}}}}]});
    let requests =
        [("PutItem", &put), ("BatchWriteItem", &batch), ("TransactWriteItems", &transaction)];
    for (operation, input) in requests {
        let refused = bench.call(operation, input).await;
        let is_exceeded = matches!(refused, Err(ApiError::ProvisionedThroughputExceeded(_)));
        assert!(is_exceeded, "{operation}: {refused:?}");
    }
    let Bench { mut pipeline, .. } = bench;
    pipeline.admit = Box::new(Unlimited);
    let scan = call(&pipeline, "Scan", &json!({"TableName": "tab"})).await.unwrap();
    assert_eq!(scan["Count"], 0);
}
