//! Billing mode and capacity of the table itself.

use model::api::UpdateTableInput;
use model::{ApiError, BillingMode, IndexKind, ProvisionedThroughput, TableDefinition};

use super::super::capacity::Subject;
use crate::error::{invalid, validation};

/// Checks what can be said without the table (DDB-TABLE-057, DDB-TABLE-442).
pub(super) fn check_request(update: &UpdateTableInput) -> Result<(), ApiError> {
    match (update.billing_mode, update.provisioned_throughput) {
        (Some(BillingMode::PayPerRequest), Some(_)) => Err(invalid(
            "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST",
        )),
        (Some(BillingMode::Provisioned), None) => {
            Err(invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED"))
        }
        _ => Ok(()),
    }
}

/// Changes billing mode, units, ceilings and warm throughput.
pub(super) fn revise(
    definition: &mut TableDefinition,
    update: &UpdateTableInput,
    now_ms: u64,
) -> Result<(), ApiError> {
    let switched = update.billing_mode.filter(|mode| *mode != definition.billing_mode);
    match switched {
        Some(BillingMode::PayPerRequest) => switch_to_on_demand(definition, now_ms),
        Some(BillingMode::Provisioned) => switch_to_provisioned(definition, update, now_ms)?,
        None => {
            if let Some(throughput) = update.provisioned_throughput {
                check_throughput(definition, throughput)?;
                set_throughput(definition, throughput, now_ms);
            }
        }
    }
    if let Some(ceilings) = update.on_demand_throughput {
        let (current, mode) = (definition.on_demand, definition.billing_mode);
        definition.on_demand = Subject::Table.changed_ceilings(current, ceilings, mode)?;
    }
    if let Some(warm) = update.warm_throughput {
        definition.warm = Some(Subject::Table.changed_warmth(warm, definition.warm())?);
    }
    Ok(())
}

/// What a table or index was warm for, it stays warm for (DDB-TABLE-061, DDB-TABLE-134).
fn switch_to_on_demand(definition: &mut TableDefinition, now_ms: u64) {
    definition.warm = Some(definition.warm());
    for index in definition.indexes.iter_mut().filter(|index| index.kind == IndexKind::Global) {
        index.warm = Some(index.warm(definition.billing_mode));
        index.throughput = None;
    }
    definition.billing_mode = BillingMode::PayPerRequest;
    definition.throughput = ProvisionedThroughput::ZERO;
    definition.on_demand_since_ms = Some(now_ms);
}

/// Every index needs units too (DDB-TABLE-152), which `indexes` sets. Ceilings are gone then
/// (DDB-TABLE-153).
fn switch_to_provisioned(
    definition: &mut TableDefinition,
    update: &UpdateTableInput,
    now_ms: u64,
) -> Result<(), ApiError> {
    let updates = || {
        update
            .global_secondary_index_updates
            .iter()
            .flatten()
            .filter_map(|index| index.update.as_ref())
    };
    let has_units = |name: &str| {
        updates().any(|settings| settings.name == name && settings.throughput.is_some())
    };
    let mut global = definition.indexes.iter().filter(|index| index.kind == IndexKind::Global);
    if let Some(index) = global.find(|index| !has_units(&index.name)) {
        return Err(invalid(format!(
            "ProvisionedThroughput must be specified for index: {}",
            index.name
        )));
    }
    for index in definition.indexes.iter_mut().filter(|index| index.kind == IndexKind::Global) {
        index.warm = Some(index.warm(definition.billing_mode));
        index.on_demand = None;
    }
    definition.on_demand = None;
    definition.warm = Some(definition.warm());
    definition.billing_mode = BillingMode::Provisioned;
    if let Some(throughput) = update.provisioned_throughput {
        set_throughput(definition, throughput, now_ms);
    }
    Ok(())
}

fn check_throughput(
    definition: &TableDefinition,
    throughput: ProvisionedThroughput,
) -> Result<(), ApiError> {
    if definition.billing_mode == BillingMode::PayPerRequest {
        return Err(invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is \
             PAY_PER_REQUEST",
        ));
    }
    check_differs("the table", "the table", definition.throughput, throughput)
}

/// DDB-TABLE-057 and DDB-TABLE-164; only one of both names an index with an article.
pub(super) fn check_differs(
    of_what: &str,
    for_what: &str,
    current: ProvisionedThroughput,
    wanted: ProvisionedThroughput,
) -> Result<(), ApiError> {
    if current != wanted {
        return Ok(());
    }
    let ProvisionedThroughput { read, write } = current;
    Err(validation(format!(
        "The provisioned throughput for {of_what} will not change. The requested value equals the \
         current value. Current ReadCapacityUnits provisioned for {for_what}: {read}. Requested \
         ReadCapacityUnits: {read}. Current WriteCapacityUnits provisioned for {for_what}: \
         {write}. Requested WriteCapacityUnits: {write}. Refer to the Amazon DynamoDB Developer \
         Guide for current limits and how to request higher limits."
    )))
}

fn set_throughput(definition: &mut TableDefinition, to: ProvisionedThroughput, now_ms: u64) {
    definition.warm = Some(to.max(Some(definition.warm())));
    definition.throughput_changes.note(definition.throughput, to, now_ms);
    definition.throughput = to;
}
