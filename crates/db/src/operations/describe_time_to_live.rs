//! DescribeTimeToLive.
//!
//! Checks: table exists.

use model::{ApiError, IndexPhase, Scope, TableRef, TimeToLiveStatus};
use store::Store;

use crate::database::Db;

/// Whether items of a table expire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeToLive {
    /// How far enabling or disabling it is.
    pub status: TimeToLiveStatus,
    /// The attribute that says when; `None` when time to live is disabled.
    pub attribute: Option<String>,
}

impl<S: Store> Db<S> {
    /// Says whether items of a table expire, and by which attribute.
    pub fn describe_time_to_live(
        &self,
        scope: &Scope,
        table: &TableRef,
    ) -> Result<TimeToLive, ApiError> {
        let found = self.named_table(scope, table)?;
        let attribute = found.definition.expiry_attribute.clone();
        let status = match (&attribute, found.definition.expiry_phase) {
            (None, _) => TimeToLiveStatus::Disabled,
            (_, IndexPhase::Active) => TimeToLiveStatus::Enabled,
            (_, IndexPhase::Allocating | IndexPhase::Backfilling) => TimeToLiveStatus::Enabling,
            (_, IndexPhase::Deleting) => TimeToLiveStatus::Disabling,
        };
        Ok(TimeToLive { status, attribute })
    }
}
