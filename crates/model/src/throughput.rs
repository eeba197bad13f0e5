//! Read and write units per second: provisioned, as ceilings, and as a floor.

use crate::BillingMode;

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Provisioned read and write units per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionedThroughput {
    /// Read units.
    pub read: u64,
    /// Write units.
    pub write: u64,
}

/// Ceilings in units per second, of an on-demand table or index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnDemandThroughput {
    /// Read units; -1, or nothing, is no ceiling.
    pub read: Option<i64>,
    /// Write units; -1, or nothing, is no ceiling.
    pub write: Option<i64>,
}

/// Units per second that a table or index is asked to be ready for; what is left out stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WarmThroughput {
    /// Read units.
    pub read: Option<i64>,
    /// Write units.
    pub write: Option<i64>,
}

/// When provisioned throughput was changed, milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThroughputChanges {
    /// The last increase.
    pub increased_at_ms: Option<u64>,
    /// The last decrease.
    pub decreased_at_ms: Option<u64>,
    /// Decreases on the day, in UTC, of the last one.
    pub decreases: u64,
}

impl ProvisionedThroughput {
    /// None at all.
    pub const ZERO: Self = Self { read: 0, write: 0 };

    /// What a new on-demand table is warm for (developer guide, "Understanding DynamoDB warm
    /// throughput"; 2026-11).
    const ON_DEMAND_WARM: Self = Self { read: 12_000, write: 4_000 };

    /// What a table or index is warm for at least: `self` where that is provisioned.
    #[must_use]
    pub fn warm_in(self, mode: BillingMode) -> Self {
        match mode {
            BillingMode::PayPerRequest => Self::ON_DEMAND_WARM,
            BillingMode::Provisioned => self,
        }
    }

    /// The larger figures of both.
    #[must_use]
    pub fn max(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or(Self::ZERO);
        Self { read: self.read.max(other.read), write: self.write.max(other.write) }
    }
}

impl ThroughputChanges {
    /// Notes a change.
    pub fn note(&mut self, from: ProvisionedThroughput, to: ProvisionedThroughput, now_ms: u64) {
        if to.read > from.read || to.write > from.write {
            self.increased_at_ms = Some(now_ms);
        }
        if to.read < from.read || to.write < from.write {
            self.decreases = self.decreases_today(now_ms) + 1;
            self.decreased_at_ms = Some(now_ms);
        }
    }

    /// Decreases on the day, in UTC, of `now_ms`.
    pub fn decreases_today(&self, now_ms: u64) -> u64 {
        let is_today = |ms: u64| ms / DAY_MS == now_ms / DAY_MS;
        if self.decreased_at_ms.is_some_and(is_today) { self.decreases } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(read: u64, write: u64) -> ProvisionedThroughput {
        ProvisionedThroughput { read, write }
    }

    #[test]
    fn decreases_are_counted_by_the_day() {
        let mut changes = ThroughputChanges::default();
        changes.note(units(5, 5), units(9, 5), DAY_MS);
        assert_eq!(changes.increased_at_ms, Some(DAY_MS));
        assert_eq!((changes.decreased_at_ms, changes.decreases_today(DAY_MS)), (None, 0));
        changes.note(units(9, 5), units(8, 6), DAY_MS + 1);
        changes.note(units(8, 6), units(8, 1), DAY_MS + 2);
        assert_eq!(changes.increased_at_ms, Some(DAY_MS + 1));
        assert_eq!(changes.decreases_today(2 * DAY_MS - 1), 2);
        assert_eq!(changes.decreases_today(2 * DAY_MS), 0);
        changes.note(units(8, 1), units(1, 1), 2 * DAY_MS);
        assert_eq!(changes.decreases_today(2 * DAY_MS), 1);
    }
}
