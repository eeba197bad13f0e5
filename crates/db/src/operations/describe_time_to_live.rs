//! DescribeTimeToLive.
//!
//! Checks: table exists.

use model::api::{DescribeTimeToLiveInput, DescribeTimeToLiveOutput, TimeToLiveDescription};
use model::{ApiError, GoalPhase, Scope, TimeToLiveStatus};
use store::Store;

use crate::database::Db;

impl<S: Store> Db<S> {
    /// Says whether items of a table expire, and by which attribute.
    pub async fn describe_time_to_live(
        &self,
        scope: &Scope,
        input: DescribeTimeToLiveInput,
    ) -> Result<DescribeTimeToLiveOutput, ApiError> {
        let table = input.table_name;
        let found = self.named_table(scope, &table)?;
        let attribute = found.definition.expiry_attribute.clone();
        let status = match (&attribute, found.definition.expiry_phase) {
            (None, _) => TimeToLiveStatus::Disabled,
            (_, GoalPhase::Active) => TimeToLiveStatus::Enabled,
            (_, GoalPhase::Allocating | GoalPhase::Backfilling) => TimeToLiveStatus::Enabling,
            (_, GoalPhase::Deleting) => TimeToLiveStatus::Disabling,
        };
        let description =
            TimeToLiveDescription { attribute_name: attribute, time_to_live_status: Some(status) };
        Ok(DescribeTimeToLiveOutput { time_to_live_description: Some(description) })
    }
}
