//! A table's settings as a file has them: what `aws dynamodb describe-table` prints, or a request
//! of CreateTable.
//!
//! A description is turned into the request that declares such a table, and that is read as any
//! request is: with all its constraints, in the service's words.

use model::api::CreateTableInput;
use serde_json::{Map, Value};
use wire::operations::CreateTable;

use crate::DumpError;

/// Members that a request and a description have alike.
const TABLE_MEMBERS: &[&str] = &[
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "SSESpecification",
    "StreamSpecification",
    "TableClass",
    "Tags",
];
const INDEX_MEMBERS: &[&str] =
    &["IndexName", "KeySchema", "OnDemandThroughput", "Projection", "ProvisionedThroughput"];
const THROUGHPUT_MEMBERS: &[&str] = &["ReadCapacityUnits", "WriteCapacityUnits"];

/// Reads the declaration of a table like the one in `json`, to be called `name`.
///
/// # Errors
/// [`DumpError::Line`] for what is not JSON, [`DumpError::Unsupported`] for what declares no table.
pub fn read_declaration(json: &[u8], name: &str) -> Result<CreateTableInput, DumpError> {
    let mut file: Value = serde_json::from_slice(json).map_err(DumpError::json)?;
    let described = ["Table", "TableDescription"].iter().find_map(|member| {
        let table = file.get_mut(member)?;
        table.is_object().then(|| table.take())
    });
    let table = match described.unwrap_or(file) {
        Value::Object(table) if table.contains_key("KeySchema") => table,
        _ => return Err(DumpError::Unsupported("it describes no table".into())),
    };
    let request = Value::Object(request(table, name)).to_string();
    wire::decode::<CreateTable>(request.as_bytes())
        .map_err(|error| DumpError::Unsupported(format!("it describes no valid table: {error}")))
}

fn request(mut table: Map<String, Value>, name: &str) -> Map<String, Value> {
    for (summary, member) in
        [("BillingModeSummary", "BillingMode"), ("TableClassSummary", "TableClass")]
    {
        if let Some(value) =
            table.remove(summary).and_then(|mut summary| summary.get_mut(member).map(Value::take))
        {
            table.insert(member.into(), value);
        }
    }
    if let Some(description) = table.remove("SSEDescription") {
        table.insert("SSESpecification".into(), sse(&description));
    }
    table.retain(|member, value| TABLE_MEMBERS.contains(&member.as_str()) && !value.is_null());
    let is_provisioned = table.get("BillingMode").is_none_or(|mode| mode == "PROVISIONED");
    tidy_throughput(&mut table, is_provisioned);
    for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        for index in table.get_mut(indexes).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(index) = index.as_object_mut() {
                index.retain(|member, _| INDEX_MEMBERS.contains(&member.as_str()));
                tidy_throughput(index, is_provisioned);
            }
        }
    }
    table.insert("TableName".into(), name.into());
    table
}

/// A description shows zeros where nothing is provisioned, and dates beside the figures.
fn tidy_throughput(members: &mut Map<String, Value>, is_provisioned: bool) {
    if !is_provisioned {
        members.remove("ProvisionedThroughput");
    }
    if let Some(figures) = members.get_mut("ProvisionedThroughput").and_then(Value::as_object_mut) {
        figures.retain(|member, _| THROUGHPUT_MEMBERS.contains(&member.as_str()));
    }
}

fn sse(description: &Value) -> Value {
    let mut specification = Map::new();
    specification.insert("Enabled".into(), (description["Status"] == "ENABLED").into());
    if let Some(key) = description["KMSMasterKeyArn"].as_str() {
        specification.insert("SSEType".into(), "KMS".into());
        specification.insert("KMSMasterKeyId".into(), key.into());
    }
    Value::Object(specification)
}
