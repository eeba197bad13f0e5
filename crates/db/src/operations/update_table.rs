//! UpdateTable.
//!
//! Checks: as `catalog::revise` lists them. Settings are in force when this answers; an index that
//! comes or goes is led to its end behind the requests, by `leaders`.

use model::api::{IndexStatus, TableDescription, TableStatus, UpdateTableInput, UpdateTableOutput};
use model::{ApiError, GoalPhase, Scope, TableDefinition};
use store::Store;

use crate::catalog::{self, Amended};
use crate::database::Db;
use crate::error::validation;
use crate::schema::Table;

impl<S: Store> Db<S> {
    /// Changes a table and describes it as being changed.
    pub async fn update_table(
        &self,
        scope: &Scope,
        update: UpdateTableInput,
    ) -> Result<UpdateTableOutput, ApiError> {
        // Check.
        check_supported(&update)?;
        catalog::check_request(&update)?;

        // Find, check and act.
        let (now_ms, change) = (self.now_ms(), update.clone());
        let revise = move |_: &Table, definition: &mut TableDefinition| {
            catalog::revise(definition, &change, now_ms)
        };
        let amended = self.amend(scope, update.table_name.clone(), revise).await?;

        // Answer.
        let mut description = self.describe(&amended.after, &shown(&amended, &update)).await?;
        mark_updating(&mut description, &update);
        Ok(UpdateTableOutput { table_description: Some(description) })
    }
}

/// Refuses what Stator does not have yet: it is better refused than left undone.
fn check_supported(update: &UpdateTableInput) -> Result<(), ApiError> {
    let asked = [
        ("ReplicaUpdates", &update.replica_updates),
        ("MultiRegionConsistency", &update.multi_region_consistency),
        ("GlobalTableWitnessUpdates", &update.global_table_witness_updates),
        ("GlobalTableSettingsReplicationMode", &update.global_table_settings_replication_mode),
        ("VectorIndexUpdates", &update.vector_index_updates),
    ];
    match asked.into_iter().find(|(_, asked)| asked.is_some()) {
        Some((member, _)) => Err(validation(format!("{member} is not supported"))),
        None => Ok(()),
    }
}

/// What the answer shows of the definition: units and storage class are what they were
/// (ack-api-quirks, DDB-TABLE-060, -135, -148, -165, -177; 2026-11).
fn shown(amended: &Amended, update: &UpdateTableInput) -> TableDefinition {
    let before = &amended.before.definition;
    let mut shown = (*amended.after.definition).clone();
    if before.billing_mode == shown.billing_mode {
        shown.throughput = before.throughput;
    }
    shown.table_class = before.table_class;
    for index in &mut shown.indexes {
        if index.phase == GoalPhase::Active && updates_index(update, &index.name) {
            let known = before.indexes.iter().find(|known| known.name == index.name);
            index.throughput = known.and_then(|known| known.throughput);
        }
    }
    shown
}

/// Marks the table and its indexes as on the way from what they were: most changes show UPDATING
/// (the same evidence).
fn mark_updating(table: &mut TableDescription, update: &UpdateTableInput) {
    for index in table.global_secondary_indexes.iter_mut().flatten() {
        let is_updated = index.index_name.as_ref().is_some_and(|name| updates_index(update, name));
        if is_updated && index.index_status == Some(IndexStatus::Active) {
            index.index_status = Some(IndexStatus::Updating);
        }
    }
    if is_shown_updating(update) {
        table.table_status = Some(TableStatus::Updating);
    }
}

fn updates_index(update: &UpdateTableInput, name: &str) -> bool {
    let mut updates = update.global_secondary_index_updates.iter().flatten();
    updates.any(|index| index.update.as_ref().is_some_and(|settings| settings.name == name))
}

fn is_shown_updating(update: &UpdateTableInput) -> bool {
    let mut indexes = update.global_secondary_index_updates.iter().flatten();
    update.billing_mode.is_some()
        || update.provisioned_throughput.is_some()
        || update.stream_specification.is_some()
        || update.table_class.is_some()
        || indexes.any(|index| index.update.is_none())
}
