//! Tables on the wire: the declaration CreateTable reads and the description they all answer.

use model::{
    ApiError, AttributeDefinition, BillingMode, IndexDeclaration, IndexDefinition, IndexKind,
    IndexProjection, KeyElement, KeyRole, KeySchema, KeySchemaElement, OnDemandThroughput,
    ProjectionDeclaration, ProjectionType, ProvisionedThroughput, ScalarType, SseSpecification,
    StreamSpecification, TableDeclaration, TableDefinition, TableDescription, TableStatus,
};

use crate::encode::{ObjectWriter, write_array, write_string};
use crate::json::{Json, Members};
use crate::names::WireName;
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
        stream: body.structure("StreamSpecification").map(stream),
        sse: body.structure("SSESpecification").map(sse),
        table_class: body.choice("TableClass"),
        deletion_protection: body.boolean("DeletionProtectionEnabled").unwrap_or_default(),
        tags: tags::read(body)?,
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

fn stream(body: Members<'_, '_>) -> StreamSpecification {
    let enabled = body.boolean("StreamEnabled").unwrap_or_default();
    StreamSpecification { view: body.choice("StreamViewType").filter(|_| enabled) }
}

fn sse(body: Members<'_, '_>) -> SseSpecification {
    SseSpecification {
        enabled: body.boolean("Enabled").unwrap_or_default(),
        kms_key: body.string("KMSMasterKeyId"),
    }
}

/// Writes a description as DescribeTable shows it. Of a table being deleted little is left to
/// show (API reference, DeleteTable, sample response; ScyllaDB test_table.py,
/// test_delete_table_description; 2026-11).
pub(crate) fn write_description(out: &mut Vec<u8>, table: &TableDescription) {
    let definition = &*table.definition;
    let mut object = ObjectWriter::open(out);
    object.string("TableName", &definition.name);
    object.string("TableStatus", table.status.wire_name());
    object.string("TableArn", &table.arn);
    object.string("TableId", &definition.table_id);
    object.integer("ItemCount", table.item_count);
    object.integer("TableSizeBytes", table.size_bytes);
    object.boolean("DeletionProtectionEnabled", definition.deletion_protection);
    write_throughput(&mut object, definition.throughput);
    let is_shown_whole = table.status != TableStatus::Deleting;
    if is_shown_whole {
        write_seconds(object.key("CreationDateTime"), definition.created_at_ms);
        write_array(object.key("AttributeDefinitions"), &definition.attributes, write_attribute);
        write_key_schema(&mut object, &definition.key);
        write_indexes(&mut object, table, IndexKind::Local, "LocalSecondaryIndexes");
        write_indexes(&mut object, table, IndexKind::Global, "GlobalSecondaryIndexes");
    }
    write_billing_mode(&mut object, definition);
    if is_shown_whole {
        write_settings(&mut object, table);
    }
    object.close();
}

/// A provisioned table has no summary until it has been paid per request once.
fn write_billing_mode(object: &mut ObjectWriter<'_>, definition: &TableDefinition) {
    if definition.billing_mode == BillingMode::PayPerRequest {
        let mut summary = object.object("BillingModeSummary");
        summary.string("BillingMode", definition.billing_mode.wire_name());
        let since = summary.key("LastUpdateToPayPerRequestDateTime");
        write_seconds(since, definition.created_at_ms);
        summary.close();
    }
}

/// Members that are shown only where the declaration set them.
fn write_settings(object: &mut ObjectWriter<'_>, table: &TableDescription) {
    let definition = &*table.definition;
    if let Some(ceilings) = definition.on_demand {
        write_on_demand(object, ceilings);
    }
    if let Some(StreamSpecification { view: Some(view) }) = definition.stream {
        let mut stream = object.object("StreamSpecification");
        stream.boolean("StreamEnabled", true);
        stream.string("StreamViewType", view.wire_name());
        stream.close();
    }
    if let Some(sse) = definition.sse.as_ref().filter(|sse| sse.enabled) {
        let mut description = object.object("SSEDescription");
        description.string("Status", "ENABLED");
        description.string("SSEType", "KMS");
        description.string("KMSMasterKeyArn", &kms_key_arn(&table.arn, sse.kms_key.as_deref()));
        description.close();
    }
    if let Some(class) = definition.table_class {
        let mut summary = object.object("TableClassSummary");
        summary.string("TableClass", class.wire_name());
        summary.close();
    }
    write_warm_throughput(object, definition, definition.throughput);
}

fn write_indexes(
    object: &mut ObjectWriter<'_>,
    table: &TableDescription,
    kind: IndexKind,
    member: &str,
) {
    let indexes = table.definition.indexes.iter().zip(&table.index_sizes);
    let mut indexes = indexes.filter(|(index, _)| index.kind == kind).peekable();
    if indexes.peek().is_some() {
        write_array(object.key(member), indexes, |out, (index, &(rows, bytes))| {
            let mut object = ObjectWriter::open(out);
            object.string("IndexName", &index.name);
            object.string("IndexArn", &format!("{}/index/{}", table.arn, index.name));
            object.integer("ItemCount", rows);
            object.integer("IndexSizeBytes", bytes);
            write_key_schema(&mut object, &index.key);
            write_projection(&mut object, &index.projection);
            if kind == IndexKind::Global {
                write_global_settings(&mut object, table, index);
            }
            object.close();
        });
    }
}

fn write_global_settings(
    object: &mut ObjectWriter<'_>,
    table: &TableDescription,
    index: &IndexDefinition,
) {
    let throughput = index.throughput.unwrap_or(ProvisionedThroughput { read: 0, write: 0 });
    object.string("IndexStatus", table.status.wire_name());
    write_throughput(object, throughput);
    if let Some(ceilings) = index.on_demand {
        write_on_demand(object, ceilings);
    }
    write_warm_throughput(object, &table.definition, throughput);
}

fn write_attribute(out: &mut Vec<u8>, attribute: &AttributeDefinition) {
    let mut object = ObjectWriter::open(out);
    object.string("AttributeName", &attribute.name);
    object.string("AttributeType", attribute.scalar_type.wire_name());
    object.close();
}

fn write_key_schema(object: &mut ObjectWriter<'_>, key: &KeySchema) {
    let with_role = |role: KeyRole| move |element: &KeyElement| (element.name.clone(), role);
    let hash = key.hash.iter().map(with_role(KeyRole::Hash));
    let range = key.range.iter().map(with_role(KeyRole::Range));
    write_array(object.key("KeySchema"), hash.chain(range), |out, (name, role)| {
        let mut element = ObjectWriter::open(out);
        element.string("AttributeName", &name);
        element.string("KeyType", role.wire_name());
        element.close();
    });
}

fn write_projection(object: &mut ObjectWriter<'_>, projection: &IndexProjection) {
    let mut object = object.object("Projection");
    let projection_type = match projection {
        IndexProjection::KeysOnly => ProjectionType::KeysOnly,
        IndexProjection::All => ProjectionType::All,
        IndexProjection::Include(names) => {
            write_array(object.key("NonKeyAttributes"), names, |out, name| {
                write_string(out, name);
            });
            ProjectionType::Include
        }
    };
    object.string("ProjectionType", projection_type.wire_name());
    object.close();
}

fn write_throughput(object: &mut ObjectWriter<'_>, throughput: ProvisionedThroughput) {
    let mut object = object.object("ProvisionedThroughput");
    object.integer("NumberOfDecreasesToday", 0);
    object.integer("ReadCapacityUnits", throughput.read);
    object.integer("WriteCapacityUnits", throughput.write);
    object.close();
}

fn write_on_demand(object: &mut ObjectWriter<'_>, ceilings: OnDemandThroughput) {
    let mut object = object.object("OnDemandThroughput");
    object.integer("MaxReadRequestUnits", ceilings.read.unwrap_or(NO_CEILING));
    object.integer("MaxWriteRequestUnits", ceilings.write.unwrap_or(NO_CEILING));
    object.close();
}

const NO_CEILING: i64 = -1;

/// What a new on-demand table is warm for; a provisioned one is warm for what it is provisioned.
/// (Developer guide, "Understanding DynamoDB warm throughput"; 2026-11.)
const ON_DEMAND_WARM: ProvisionedThroughput = ProvisionedThroughput { read: 12_000, write: 4_000 };

fn write_warm_throughput(
    object: &mut ObjectWriter<'_>,
    definition: &TableDefinition,
    provisioned: ProvisionedThroughput,
) {
    let warm = match definition.billing_mode {
        BillingMode::PayPerRequest => ON_DEMAND_WARM,
        BillingMode::Provisioned => provisioned,
    };
    let mut object = object.object("WarmThroughput");
    object.integer("ReadUnitsPerSecond", warm.read);
    object.integer("WriteUnitsPerSecond", warm.write);
    object.string("Status", "ACTIVE");
    object.close();
}

/// Writes a time as the wire has it: seconds since the epoch, with a fraction.
fn write_seconds(out: &mut Vec<u8>, milliseconds: u64) {
    use std::io::Write;
    write!(out, "{}.{:03}", milliseconds / 1000, milliseconds % 1000)
        .expect("writing to memory cannot fail");
}

/// The key's ARN: as given, made from a key id, or that of the service's own key.
fn kms_key_arn(table_arn: &str, key: Option<&str>) -> String {
    let mut scope = table_arn.split(':').skip(3);
    let (region, account) = (scope.next().unwrap_or_default(), scope.next().unwrap_or_default());
    match key {
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        Some(alias) if alias.starts_with("alias/") => {
            format!("arn:aws:kms:{region}:{account}:{alias}")
        }
        Some(id) => format!("arn:aws:kms:{region}:{account}:key/{id}"),
        None => format!("arn:aws:kms:{region}:{account}:alias/aws/dynamodb"),
    }
}
