//! Tables in requests: what CreateTable declares and UpdateTable changes.

use model::{
    ApiError, AttributeDefinition, IndexDeclaration, IndexSettings, IndexUpdate, KeyRole,
    KeySchemaElement, OnDemandThroughput, ProjectionDeclaration, ProvisionedThroughput, ScalarType,
    SseDeclaration, StreamDeclaration, TableDeclaration, TableUpdate, WarmThroughput,
};

use crate::json::{Json, Members};
use crate::shape::Shape;
use crate::tags;

/// Refuses a table's name that is missing or of the wrong length.
///
/// Operations on tables say so before all constraints and in words of their own, which operations
/// on items do not: "The parameter 'TableName' is required …" of DescribeTable in aws-sdk-java
/// issue 977; "TableName must be at least …" of DeleteTable in the DynamoDB scenarios of the AWS
/// SDK for JavaScript, which run against the service (2026-11).
pub(crate) fn check_name(body: Members<'_, '_>, shape: &Shape) -> Result<(), ApiError> {
    if !shape.has_member("TableName") {
        return Ok(());
    }
    let refused = |words: &str| Err(ApiError::Validation(words.to_owned()));
    match body.text("TableName") {
        None => refused("The parameter 'TableName' is required but was not present in the request"),
        Some(name) if name.starts_with("arn:") || (3..=255).contains(&name.len()) => Ok(()),
        Some(_) => {
            refused("TableName must be at least 3 characters long and at most 255 characters long")
        }
    }
}

/// Reads a declaration that has passed the shape's checks.
///
/// # Errors
/// `Validation` for malformed tags.
pub(crate) fn declaration(body: Members<'_, '_>) -> Result<TableDeclaration, ApiError> {
    Ok(TableDeclaration {
        table: body.table("TableName"),
        attributes: body.list("AttributeDefinitions", attribute_definition),
        key_schema: body.list("KeySchema", key_schema_element),
        local_indexes: body.list("LocalSecondaryIndexes", index),
        global_indexes: body.list("GlobalSecondaryIndexes", index),
        billing_mode: body.choice("BillingMode"),
        throughput: body.structure("ProvisionedThroughput").map(throughput),
        on_demand: body.structure("OnDemandThroughput").map(on_demand),
        warm: body.structure("WarmThroughput").map(warm),
        stream: body.structure("StreamSpecification").map(stream),
        sse: body.structure("SSESpecification").map(sse),
        table_class: body.choice("TableClass"),
        deletion_protection: body.boolean("DeletionProtectionEnabled").unwrap_or_default(),
        tags: tags::read(body)?,
    })
}

/// Members of UpdateTable that ask for what Stator does not have yet.
const NOT_YET: [&str; 5] = [
    "ReplicaUpdates",
    "MultiRegionConsistency",
    "GlobalTableWitnessUpdates",
    "GlobalTableSettingsReplicationMode",
    "VectorIndexUpdates",
];

/// Reads a change that has passed the shape's checks.
///
/// # Errors
/// `Validation` for what is not supported: it is better refused than left undone.
pub(crate) fn update(body: Members<'_, '_>) -> Result<TableUpdate, ApiError> {
    if let Some(member) = NOT_YET.into_iter().find(|member| body.get(member).is_some()) {
        return Err(ApiError::Validation(format!("{member} is not supported")));
    }
    Ok(TableUpdate {
        table: body.table("TableName"),
        attributes: body.list("AttributeDefinitions", attribute_definition),
        billing_mode: body.choice("BillingMode"),
        throughput: body.structure("ProvisionedThroughput").map(throughput),
        global_indexes: body.list("GlobalSecondaryIndexUpdates", index_update),
        stream: body.structure("StreamSpecification").map(stream),
        sse: body.structure("SSESpecification").map(sse),
        table_class: body.choice("TableClass"),
        deletion_protection: body.boolean("DeletionProtectionEnabled"),
        on_demand: body.structure("OnDemandThroughput").map(on_demand),
        warm: body.structure("WarmThroughput").map(warm),
    })
}

impl<'j, 'a> Members<'j, 'a> {
    /// A list of structures; `None` when absent.
    fn list<T>(self, name: &str, read: impl Fn(Members<'j, 'a>) -> T) -> Option<Vec<T>> {
        let list = self.get(name)?;
        Some(list.elements().iter().map(|element| read(element.members())).collect())
    }

    /// A required string.
    fn name(self, name: &str) -> String {
        self.string(name).unwrap_or_default()
    }
}

fn attribute_definition(body: Members<'_, '_>) -> AttributeDefinition {
    AttributeDefinition {
        name: body.name("AttributeName"),
        scalar_type: body.choice("AttributeType").unwrap_or(ScalarType::S),
    }
}

fn key_schema_element(body: Members<'_, '_>) -> KeySchemaElement {
    KeySchemaElement {
        name: body.name("AttributeName"),
        role: body.choice("KeyType").unwrap_or(KeyRole::Hash),
    }
}

fn index(body: Members<'_, '_>) -> IndexDeclaration {
    IndexDeclaration {
        name: body.name("IndexName"),
        key_schema: body.list("KeySchema", key_schema_element).unwrap_or_default(),
        projection: body.structure("Projection").map(projection).unwrap_or_default(),
        throughput: body.structure("ProvisionedThroughput").map(throughput),
        on_demand: body.structure("OnDemandThroughput").map(on_demand),
        warm: body.structure("WarmThroughput").map(warm),
    }
}

fn index_update(body: Members<'_, '_>) -> IndexUpdate {
    IndexUpdate {
        create: body.structure("Create").map(index),
        update: body.structure("Update").map(index_settings),
        delete: body.structure("Delete").map(|body| body.name("IndexName")),
    }
}

fn index_settings(body: Members<'_, '_>) -> IndexSettings {
    IndexSettings {
        name: body.name("IndexName"),
        throughput: body.structure("ProvisionedThroughput").map(throughput),
        on_demand: body.structure("OnDemandThroughput").map(on_demand),
        warm: body.structure("WarmThroughput").map(warm),
    }
}

fn projection(body: Members<'_, '_>) -> ProjectionDeclaration {
    let names = |list: &Json<'_>| {
        list.elements().iter().filter_map(Json::text).map(str::to_owned).collect()
    };
    ProjectionDeclaration {
        projection_type: body.choice("ProjectionType"),
        non_key_attributes: body.get("NonKeyAttributes").map(names),
    }
}

fn throughput(body: Members<'_, '_>) -> ProvisionedThroughput {
    ProvisionedThroughput {
        read: body.count("ReadCapacityUnits").unwrap_or_default(),
        write: body.count("WriteCapacityUnits").unwrap_or_default(),
    }
}

fn on_demand(body: Members<'_, '_>) -> OnDemandThroughput {
    OnDemandThroughput {
        read: body.integer("MaxReadRequestUnits"),
        write: body.integer("MaxWriteRequestUnits"),
    }
}

fn warm(body: Members<'_, '_>) -> WarmThroughput {
    WarmThroughput {
        read: body.integer("ReadUnitsPerSecond"),
        write: body.integer("WriteUnitsPerSecond"),
    }
}

fn stream(body: Members<'_, '_>) -> StreamDeclaration {
    StreamDeclaration {
        enabled: body.boolean("StreamEnabled").unwrap_or_default(),
        view: body.choice("StreamViewType"),
    }
}

fn sse(body: Members<'_, '_>) -> SseDeclaration {
    SseDeclaration {
        enabled: body.boolean("Enabled"),
        kind: body.choice("SSEType"),
        kms_key: body.string("KMSMasterKeyId"),
    }
}
