//! DescribeLimits.

use model::api::{DescribeLimitsInput, DescribeLimitsOutput};
use model::{ApiError, Scope};
use store::Store;

use crate::database::Db;

/// Units per second, of reads and of writes, that all tables together may be provisioned with: a
/// new account's, which nothing here enforces (the AWS CLI's reference for describe-limits, sample
/// output, 2026-11).
const ACCOUNT_UNITS_MAX: u64 = 80_000;
/// The same of one table.
const TABLE_UNITS_MAX: u64 = 40_000;

impl<S: Store> Db<S> {
    /// The limits of a new account.
    pub async fn describe_limits(
        &self,
        _: &Scope,
        _: DescribeLimitsInput,
    ) -> Result<DescribeLimitsOutput, ApiError> {
        Ok(DescribeLimitsOutput {
            account_max_read_capacity_units: Some(ACCOUNT_UNITS_MAX),
            account_max_write_capacity_units: Some(ACCOUNT_UNITS_MAX),
            table_max_read_capacity_units: Some(TABLE_UNITS_MAX),
            table_max_write_capacity_units: Some(TABLE_UNITS_MAX),
        })
    }
}
