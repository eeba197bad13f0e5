//! DescribeLimits.

use store::Store;

use crate::database::Db;

/// Provisioned units per second, the same for reads and for writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapacityLimits {
    /// Of all tables together.
    pub account: u64,
    /// Of one table.
    pub table: u64,
}

impl<S: Store> Db<S> {
    /// The limits of a new account, which nothing here enforces (the AWS CLI's reference for
    /// describe-limits, sample output, 2026-11).
    pub fn describe_limits(&self) -> CapacityLimits {
        CapacityLimits { account: 80_000, table: 40_000 }
    }
}
