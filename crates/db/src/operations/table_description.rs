//! A table as DescribeTable shows it. CreateTable, UpdateTable and DeleteTable show the same, and
//! say themselves what stands in their answers in other words.
//!
//! A member that nothing was declared for is absent, and so is one that Stator has nothing for.

use model::api::{
    BillingModeSummary, GlobalSecondaryIndexDescription,
    GlobalSecondaryIndexWarmThroughputDescription, IndexStatus, LocalSecondaryIndexDescription,
    ProvisionedThroughputDescription, SSEDescription, SSEStatus, TableClassSummary,
    TableDescription, TableStatus, TableWarmThroughputDescription,
};
use model::{
    ApiError, AttributeDefinition, BillingMode, GoalPhase, IndexDefinition, IndexKind,
    IndexProjection, ProjectionDeclaration, ProvisionedThroughput, SseKind, StreamArn,
    StreamDeclaration, TableDefinition, ThroughputChanges,
};
use store::{Consistency, Counters, Store};

use crate::database::Db;
use crate::error::store_failed;
use crate::layout::keys::Place;
use crate::schema::{StoredStatus, Table};

/// What a table and its indexes hold, these in the order of the table's definition: rows, and
/// their item bytes.
#[derive(Debug)]
struct Sizes {
    table: (u64, u64),
    indexes: Vec<(u64, u64)>,
}

impl<S: Store> Db<S> {
    /// Describes a table as `definition` has it, with its exact counts as of now.
    pub(super) async fn describe(
        &self,
        table: &Table,
        definition: &TableDefinition,
    ) -> Result<TableDescription, ApiError> {
        let whole = self.counted(table.place).await?;
        let mut indexes = Vec::with_capacity(definition.indexes.len());
        for index in &definition.indexes {
            indexes.push(match table.index(&index.name) {
                Some(index) => self.counted(index.place).await?,
                None => (0, 0),
            });
        }
        let sizes = Sizes { table: whole, indexes };
        let table_status = Some(table_status(table.status, definition));
        let description = described(definition, &table.arn, &sizes, self.now_ms());
        Ok(TableDescription { table_status, ..description })
    }

    /// Rows and their item bytes at a place.
    pub(crate) async fn counted(&self, place: Place) -> Result<(u64, u64), ApiError> {
        let value =
            self.store().get(&place.counters(), Consistency::Strong).await.map_err(store_failed)?;
        let Counters(sums) = Counters::decode(value.as_deref()).map_err(store_failed)?;
        let [rows, bytes] = sums.map(|sum| u64::try_from(sum).unwrap_or(0));
        if sums.iter().any(|sum| *sum < 0) {
            // Damage may do that, so that it is no assertion; the counters are wrong from here on.
            tracing::error!(?place, ?sums, "a table's counters have fallen below zero");
        }
        Ok((rows, bytes))
    }
}

/// All that is shown but the table's status.
fn described(
    definition: &TableDefinition,
    arn: &str,
    sizes: &Sizes,
    now_ms: u64,
) -> TableDescription {
    let mut attributes = definition.attributes.clone();
    by_name(&mut attributes);
    let indexes = || definition.indexes.iter().zip(&sizes.indexes);
    let local = indexes().filter(|(index, _)| index.kind == IndexKind::Local);
    let global = indexes().filter(|(index, _)| index.kind == IndexKind::Global);
    let mode = definition.billing_mode;
    let (item_count, size_bytes) = sizes.table;
    let stream = definition.latest_stream_label.as_ref();
    TableDescription {
        attribute_definitions: Some(attributes),
        billing_mode_summary: billing_mode(definition),
        creation_date_time_ms: Some(definition.created_at_ms),
        deletion_protection_enabled: Some(definition.deletion_protection),
        global_secondary_indexes: some(global.map(|one| global_index(one, arn, mode, now_ms))),
        item_count: Some(item_count),
        key_schema: Some(definition.key.declared()),
        latest_stream_arn: stream.and_then(|at| StreamArn::parse(&format!("{arn}/stream/{at}"))),
        latest_stream_label: stream.cloned(),
        local_secondary_indexes: some(local.map(|one| local_index(one, arn))),
        on_demand_throughput: definition.on_demand,
        provisioned_throughput: Some(provisioned(
            definition.throughput,
            &definition.throughput_changes,
            now_ms,
        )),
        sse_description: encryption(definition, arn),
        stream_specification: definition
            .stream
            .map(|stream| StreamDeclaration { enabled: true, view: Some(stream.view) }),
        table_arn: Some(arn.to_owned()),
        table_class_summary: definition
            .table_class
            .map(|class| TableClassSummary { table_class: Some(class), ..Default::default() }),
        table_id: Some(definition.table_id.clone()),
        table_name: Some(definition.name.clone()),
        table_size_bytes: Some(size_bytes),
        warm_throughput: Some(warm(definition.warm())),
        ..TableDescription::default()
    }
}

/// Elements, unless there are none.
fn some<T>(elements: impl Iterator<Item = T>) -> Option<Vec<T>> {
    let elements: Vec<T> = elements.collect();
    (!elements.is_empty()).then_some(elements)
}

/// Attribute definitions are shown by name (ack-api-quirks, DDB-TABLE-125, 2026-11).
fn by_name(attributes: &mut [AttributeDefinition]) {
    attributes.sort_unstable_by(|one, other| one.name.cmp(&other.name));
}

/// A table is active again while the index that was added to it is being backfilled
/// (ack-api-quirks, DDB-TABLE-148, 2026-11).
fn table_status(stored: StoredStatus, definition: &TableDefinition) -> TableStatus {
    let changing = |phase| matches!(phase, GoalPhase::Allocating | GoalPhase::Deleting);
    let is_changing = definition.indexes.iter().any(|index| changing(index.phase));
    match stored {
        StoredStatus::Creating => TableStatus::Creating,
        StoredStatus::Active if is_changing => TableStatus::Updating,
        StoredStatus::Active => TableStatus::Active,
    }
}

/// A provisioned table has no summary until it has been paid per request once.
fn billing_mode(definition: &TableDefinition) -> Option<BillingModeSummary> {
    let since_ms = definition.on_demand_since_ms;
    let is_shown = since_ms.is_some() || definition.billing_mode == BillingMode::PayPerRequest;
    is_shown.then_some(BillingModeSummary {
        billing_mode: Some(definition.billing_mode),
        last_update_to_pay_per_request_date_time_ms: since_ms,
    })
}

fn provisioned(
    throughput: ProvisionedThroughput,
    changes: &ThroughputChanges,
    now_ms: u64,
) -> ProvisionedThroughputDescription {
    ProvisionedThroughputDescription {
        last_decrease_date_time_ms: changes.decreased_at_ms,
        last_increase_date_time_ms: changes.increased_at_ms,
        number_of_decreases_today: Some(changes.decreases_today(now_ms)),
        read_capacity_units: Some(throughput.read),
        write_capacity_units: Some(throughput.write),
    }
}

fn warm(units: ProvisionedThroughput) -> TableWarmThroughputDescription {
    TableWarmThroughputDescription {
        read_units_per_second: Some(units.read),
        status: Some(TableStatus::Active),
        write_units_per_second: Some(units.write),
    }
}

fn encryption(definition: &TableDefinition, table_arn: &str) -> Option<SSEDescription> {
    let sse = definition.sse.as_ref().filter(|sse| sse.enabled)?;
    Some(SSEDescription {
        inaccessible_encryption_date_time_ms: None,
        kms_master_key_arn: Some(kms_key_arn(table_arn, sse.kms_key.as_deref())),
        sse_type: Some(SseKind::Kms),
        status: Some(SSEStatus::Enabled),
    })
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

fn local_index(
    (index, size): (&IndexDefinition, &(u64, u64)),
    table_arn: &str,
) -> LocalSecondaryIndexDescription {
    let (item_count, size_bytes) = *size;
    LocalSecondaryIndexDescription {
        index_arn: Some(index_arn(table_arn, index)),
        index_name: Some(index.name.clone()),
        index_size_bytes: Some(size_bytes),
        item_count: Some(item_count),
        key_schema: Some(index.key.declared()),
        projection: Some(projection(&index.projection)),
    }
}

fn global_index(
    (index, size): (&IndexDefinition, &(u64, u64)),
    table_arn: &str,
    mode: BillingMode,
    now_ms: u64,
) -> GlobalSecondaryIndexDescription {
    let (item_count, size_bytes) = *size;
    let (status, backfilling) = index_status(index.phase);
    let throughput = index.throughput.unwrap_or(ProvisionedThroughput::ZERO);
    let warm = index.warm(mode);
    GlobalSecondaryIndexDescription {
        backfilling,
        index_arn: Some(index_arn(table_arn, index)),
        index_name: Some(index.name.clone()),
        index_size_bytes: Some(size_bytes),
        index_status: Some(status),
        item_count: Some(item_count),
        key_schema: Some(index.key.declared()),
        on_demand_throughput: index.on_demand,
        projection: Some(projection(&index.projection)),
        provisioned_throughput: Some(provisioned(throughput, &index.throughput_changes, now_ms)),
        warm_throughput: Some(GlobalSecondaryIndexWarmThroughputDescription {
            read_units_per_second: Some(warm.read),
            status: Some(IndexStatus::Active),
            write_units_per_second: Some(warm.write),
        }),
    }
}

/// `Backfilling` stands only beside the CREATING of an index that was added to a table
/// (ack-api-quirks, DDB-TABLE-138, 2026-11).
fn index_status(phase: GoalPhase) -> (IndexStatus, Option<bool>) {
    match phase {
        GoalPhase::Allocating => (IndexStatus::Creating, Some(false)),
        GoalPhase::Backfilling => (IndexStatus::Creating, Some(true)),
        GoalPhase::Active => (IndexStatus::Active, None),
        GoalPhase::Deleting => (IndexStatus::Deleting, None),
    }
}

fn index_arn(table_arn: &str, index: &IndexDefinition) -> String {
    format!("{table_arn}/index/{}", index.name)
}

/// Projected attributes are shown by name.
fn projection(projection: &IndexProjection) -> ProjectionDeclaration {
    let mut declared = projection.declared();
    declared.non_key_attributes.iter_mut().for_each(|names| names.sort_unstable());
    declared
}

#[cfg(test)]
mod tests;
