//! Tables in answers, as DescribeTable shows them.

use model::{
    AttributeDefinition, BillingMode, IndexDefinition, IndexDescription, IndexKind,
    IndexProjection, IndexStatus, KeyElement, KeyRole, KeySchema, OnDemandThroughput,
    ProjectionType, ProvisionedThroughput, StreamSpecification, TableDefinition, TableDescription,
    TableStatus, ThroughputChanges,
};

use crate::encode::{Encode, ObjectWriter, write_array, write_seconds, write_string};
use crate::names::WireName;

impl Encode for TableDescription {
    fn encode(&self, out: &mut Vec<u8>) {
        write(out, self);
    }
}

/// Writes a description as DescribeTable shows it. Of a table being deleted little is left to
/// show (API reference, DeleteTable, sample response; ScyllaDB test_table.py,
/// test_delete_table_description; 2026-11).
fn write(out: &mut Vec<u8>, table: &TableDescription) {
    let definition = &*table.definition;
    let mut object = ObjectWriter::open(out);
    object.string("TableName", &definition.name);
    object.string("TableStatus", table.status.wire_name());
    object.string("TableArn", &table.arn);
    object.string("TableId", &definition.table_id);
    object.integer("ItemCount", table.item_count);
    object.integer("TableSizeBytes", table.size_bytes);
    object.boolean("DeletionProtectionEnabled", definition.deletion_protection);
    let now_ms = table.described_at_ms;
    write_throughput(&mut object, definition.throughput, &definition.throughput_changes, now_ms);
    let is_shown_whole = table.status != TableStatus::Deleting;
    if is_shown_whole {
        write_seconds(object.key("CreationDateTime"), definition.created_at_ms);
        // By name (ack-api-quirks, DDB-TABLE-125, 2026-11).
        let mut attributes: Vec<&AttributeDefinition> = definition.attributes.iter().collect();
        attributes.sort_unstable_by_key(|attribute| &attribute.name);
        write_array(object.key("AttributeDefinitions"), attributes, write_attribute);
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
    let since_ms = definition.on_demand_since_ms;
    if since_ms.is_none() && definition.billing_mode == BillingMode::Provisioned {
        return;
    }
    let mut summary = object.object("BillingModeSummary");
    summary.string("BillingMode", definition.billing_mode.wire_name());
    if let Some(since_ms) = since_ms {
        write_seconds(summary.key("LastUpdateToPayPerRequestDateTime"), since_ms);
    }
    summary.close();
}

/// Members that are shown only where the declaration set them.
fn write_settings(object: &mut ObjectWriter<'_>, table: &TableDescription) {
    let definition = &*table.definition;
    if let Some(ceilings) = definition.on_demand {
        write_on_demand(object, ceilings);
    }
    if let Some(label) = &definition.latest_stream_label {
        object.string("LatestStreamArn", &format!("{}/stream/{label}", table.arn));
        object.string("LatestStreamLabel", label);
    }
    if let Some(StreamSpecification { view }) = definition.stream {
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
    write_warm_throughput(object, definition.warm());
}

fn write_indexes(
    object: &mut ObjectWriter<'_>,
    table: &TableDescription,
    kind: IndexKind,
    member: &str,
) {
    let indexes = table.definition.indexes.iter().zip(&table.indexes);
    let mut indexes = indexes.filter(|(index, _)| index.kind == kind).peekable();
    if indexes.peek().is_some() {
        write_array(object.key(member), indexes, |out, (index, described)| {
            let mut object = ObjectWriter::open(out);
            object.string("IndexName", &index.name);
            object.string("IndexArn", &format!("{}/index/{}", table.arn, index.name));
            object.integer("ItemCount", described.item_count);
            object.integer("IndexSizeBytes", described.size_bytes);
            write_key_schema(&mut object, &index.key);
            write_projection(&mut object, &index.projection);
            if kind == IndexKind::Global {
                write_global_settings(&mut object, table, index, described);
            }
            object.close();
        });
    }
}

fn write_global_settings(
    object: &mut ObjectWriter<'_>,
    table: &TableDescription,
    index: &IndexDefinition,
    described: &IndexDescription,
) {
    let (status, backfilling) = shown(described.status);
    object.string("IndexStatus", status);
    if let Some(backfilling) = backfilling {
        object.boolean("Backfilling", backfilling);
    }
    let throughput = index.throughput.unwrap_or(ProvisionedThroughput::ZERO);
    write_throughput(object, throughput, &index.throughput_changes, table.described_at_ms);
    if let Some(ceilings) = index.on_demand {
        write_on_demand(object, ceilings);
    }
    write_warm_throughput(object, index.warm(table.definition.billing_mode));
}

/// `Backfilling` stands only beside the CREATING of an index that was added to a table
/// (ack-api-quirks, DDB-TABLE-138, 2026-11).
fn shown(status: IndexStatus) -> (&'static str, Option<bool>) {
    match status {
        IndexStatus::Creating => ("CREATING", None),
        IndexStatus::Allocating => ("CREATING", Some(false)),
        IndexStatus::Backfilling => ("CREATING", Some(true)),
        IndexStatus::Active => ("ACTIVE", None),
        IndexStatus::Updating => ("UPDATING", None),
        IndexStatus::Deleting => ("DELETING", None),
    }
}

fn write_attribute(out: &mut Vec<u8>, attribute: &AttributeDefinition) {
    let mut object = ObjectWriter::open(out);
    object.string("AttributeName", &attribute.name);
    object.string("AttributeType", attribute.scalar_type.wire_name());
    object.close();
}

pub(crate) fn write_key_schema(object: &mut ObjectWriter<'_>, key: &KeySchema) {
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
            let mut names: Vec<&String> = names.iter().collect();
            names.sort_unstable();
            write_array(object.key("NonKeyAttributes"), names, |out, name| {
                write_string(out, name);
            });
            ProjectionType::Include
        }
    };
    object.string("ProjectionType", projection_type.wire_name());
    object.close();
}

fn write_throughput(
    object: &mut ObjectWriter<'_>,
    throughput: ProvisionedThroughput,
    changes: &ThroughputChanges,
    now_ms: u64,
) {
    let mut object = object.object("ProvisionedThroughput");
    if let Some(at_ms) = changes.increased_at_ms {
        write_seconds(object.key("LastIncreaseDateTime"), at_ms);
    }
    if let Some(at_ms) = changes.decreased_at_ms {
        write_seconds(object.key("LastDecreaseDateTime"), at_ms);
    }
    object.integer("NumberOfDecreasesToday", changes.decreases_today(now_ms));
    object.integer("ReadCapacityUnits", throughput.read);
    object.integer("WriteCapacityUnits", throughput.write);
    object.close();
}

/// Only a ceiling that was set is shown (ack-api-quirks, DDB-TABLE-039, 2026-11).
fn write_on_demand(object: &mut ObjectWriter<'_>, ceilings: OnDemandThroughput) {
    let mut object = object.object("OnDemandThroughput");
    let ceilings =
        [("MaxReadRequestUnits", ceilings.read), ("MaxWriteRequestUnits", ceilings.write)];
    for (name, ceiling) in ceilings {
        if let Some(ceiling) = ceiling {
            object.integer(name, ceiling);
        }
    }
    object.close();
}

fn write_warm_throughput(object: &mut ObjectWriter<'_>, warm: ProvisionedThroughput) {
    let mut object = object.object("WarmThroughput");
    object.integer("ReadUnitsPerSecond", warm.read);
    object.integer("WriteUnitsPerSecond", warm.write);
    object.string("Status", "ACTIVE");
    object.close();
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
