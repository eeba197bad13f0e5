//! UpdateTimeToLive.
//!
//! Checks: table exists → the setting differs → another attribute is not active → the last change
//! is done and long enough ago. Items that are there already are told by `leaders`.

use std::time::Duration;

use model::api::{TimeToLiveSpecification, UpdateTimeToLiveInput, UpdateTimeToLiveOutput};
use model::{ApiError, GoalPhase, Scope, TableDefinition};
use store::Store;

use crate::database::Db;
use crate::error::validation;
use crate::schema::Table;

impl<S: Store> Db<S> {
    /// Begins to enable or disable time to live.
    pub async fn update_time_to_live(
        &self,
        scope: &Scope,
        input: UpdateTimeToLiveInput,
    ) -> Result<UpdateTimeToLiveOutput, ApiError> {
        let specification = input.time_to_live_specification;
        let TimeToLiveSpecification { attribute_name: attribute, enabled } = specification.clone();
        let (now_ms, interval) = (self.now_ms(), self.expiry_options().change_interval);
        let change = move |_: &Table, definition: &mut TableDefinition| {
            check(definition.expiry_attribute.as_deref(), &attribute, enabled)?;
            check_not_too_soon(definition, now_ms, interval)?;
            definition.expiry_phase = match enabled {
                true => GoalPhase::Allocating,
                false => GoalPhase::Deleting,
            };
            definition.expiry_attribute = Some(attribute);
            definition.expiry_changed_at_ms = Some(now_ms);
            Ok(())
        };
        self.amend(scope, input.table_name, change).await?;
        Ok(UpdateTimeToLiveOutput { time_to_live_specification: Some(specification) })
    }
}

/// Words: ScyllaDB test_ttl.py; aws/aws-cdk and hashicorp/terraform-provider-aws quote them from
/// logs; ack-api-quirks for DynamoDB has which comes when; 2026-11.
fn check(active: Option<&str>, attribute: &str, enabled: bool) -> Result<(), ApiError> {
    match active {
        None if !enabled => Err(validation("TimeToLive is already disabled")),
        Some(active) if active != attribute => Err(validation(format!(
            "TimeToLive is active on a different AttributeName: current AttributeName is {active}"
        ))),
        Some(_) if enabled => Err(validation("TimeToLive is already enabled")),
        _ => Ok(()),
    }
}

/// ScyllaDB test_ttl.py, test_update_ttl_disable; API reference, UpdateTimeToLive: "It can take up
/// to one hour for the change to fully process. Any additional UpdateTimeToLive calls for the same
/// table during this one hour duration result in a ValidationException"; 2026-11.
fn check_not_too_soon(
    definition: &TableDefinition,
    now_ms: u64,
    interval: Duration,
) -> Result<(), ApiError> {
    let under_way = definition.expiry_phase != GoalPhase::Active;
    let too_soon = definition.expiry_changed_at_ms.is_some_and(|changed_at_ms| {
        // A clock that was set back says nothing.
        let since_ms = now_ms.checked_sub(changed_at_ms);
        since_ms.is_some_and(|since_ms| u128::from(since_ms) < interval.as_millis())
    });
    if under_way || too_soon {
        return Err(validation(
            "Time to live has been modified multiple times within a fixed interval",
        ));
    }
    Ok(())
}
