//! DescribeContinuousBackups.
//!
//! Checks: table exists.

use model::api::{
    ContinuousBackupsDescription, ContinuousBackupsStatus, DescribeContinuousBackupsInput,
    DescribeContinuousBackupsOutput, PointInTimeRecoveryDescription, PointInTimeRecoveryStatus,
};
use model::{ApiError, Scope};
use store::Store;

use crate::database::Db;

impl<S: Store> Db<S> {
    /// Says that backups are enabled and point-in-time recovery is not: there is no other state yet.
    ///
    /// # Errors
    /// [`ApiError::TableNotFound`], which operations on backups say in place of
    /// `ResourceNotFound` (ScyllaDB test_backup.py; words: ack-api-quirks, DDB-TABLE-098; 2026-11).
    pub async fn describe_continuous_backups(
        &self,
        scope: &Scope,
        input: DescribeContinuousBackupsInput,
    ) -> Result<DescribeContinuousBackupsOutput, ApiError> {
        // Find.
        let table = input.table_name;
        if self.catalog().find(scope, &table).is_none() {
            return Err(ApiError::TableNotFound(format!("Table not found: {}", table.name())));
        }

        // Answer.
        let recovery = PointInTimeRecoveryDescription {
            point_in_time_recovery_status: Some(PointInTimeRecoveryStatus::Disabled),
            ..PointInTimeRecoveryDescription::default()
        };
        let description = ContinuousBackupsDescription {
            continuous_backups_status: ContinuousBackupsStatus::Enabled,
            point_in_time_recovery_description: Some(recovery),
        };
        Ok(DescribeContinuousBackupsOutput { continuous_backups_description: Some(description) })
    }
}
