//! UpdateTimeToLive. Only the setting is kept; no item expires yet.
//!
//! Checks: table exists → the setting differs → another attribute is not active.

use model::{ApiError, Scope, TableRef};
use store::Store;

use crate::Db;
use crate::error::validation;

/// Lets items of a table expire, or no longer.
#[derive(Debug, Clone)]
pub struct UpdateTimeToLive {
    /// The table.
    pub table: TableRef,
    /// The attribute that says when an item expires.
    pub attribute: String,
    /// Whether items are to expire.
    pub enabled: bool,
}

impl<S: Store> Db<S> {
    /// Enables or disables time to live, at once.
    pub async fn update_time_to_live(
        &self,
        scope: &Scope,
        request: UpdateTimeToLive,
    ) -> Result<(), ApiError> {
        let UpdateTimeToLive { table, attribute, enabled } = request;
        self.amend(scope, table, move |_, definition| {
            let active = &mut definition.expiry_attribute;
            check(active.as_deref(), &attribute, enabled)?;
            *active = enabled.then_some(attribute);
            Ok(())
        })
        .await?;
        Ok(())
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
