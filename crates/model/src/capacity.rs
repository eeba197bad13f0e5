//! Capacity units: what a request consumed, and the rounding rules.

use crate::{ReturnConsumedCapacity, TableRef};

/// Read or write units. Kept in half units so that eventually consistent reads stay exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Units {
    halves: u64,
}

/// What a read promises, which decides what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// Half price; the default of every operation.
    Eventual,
    /// Full price.
    Strong,
}

/// The request's `ConsistentRead`.
impl From<bool> for Consistency {
    fn from(consistent_read: bool) -> Self {
        if consistent_read { Self::Strong } else { Self::Eventual }
    }
}

/// Units split as the wire splits them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    /// Read units.
    pub read: Units,
    /// Write units.
    pub write: Units,
}

/// What one table, and its indexes, consumed in one request.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumedCapacity {
    /// The table as the request named it.
    pub table: TableRef,
    /// The table's own share.
    pub base: Capacity,
    /// Shares of local indexes by name.
    pub local_indexes: Vec<(String, Capacity)>,
    /// Shares of global indexes by name.
    pub global_indexes: Vec<(String, Capacity)>,
}

/// Consumed capacity in the detail a request asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityReport {
    /// The capacity consumed.
    pub consumed: ConsumedCapacity,
    /// How finely it is shown.
    pub detail: CapacityDetail,
    /// Whether read and write units stand apart, as they do for transactions only.
    pub is_split: bool,
}

/// How finely consumed capacity is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapacityDetail {
    /// One figure.
    Total,
    /// The table's own share and each index's as well.
    Indexes,
}

impl CapacityReport {
    /// The report, if the request asked for one.
    pub fn new(asked: ReturnConsumedCapacity, consumed: ConsumedCapacity) -> Option<Self> {
        let detail = match asked {
            ReturnConsumedCapacity::None => return None,
            ReturnConsumedCapacity::Total => CapacityDetail::Total,
            ReturnConsumedCapacity::Indexes => CapacityDetail::Indexes,
        };
        Some(Self { consumed, detail, is_split: false })
    }

    /// The same with read and write units apart.
    #[must_use]
    pub fn split(self) -> Self {
        Self { is_split: true, ..self }
    }
}

/// The estimate that writes to a table with local indexes may ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemCollectionMetrics {
    /// The partition key attribute and its value, as an item of one attribute.
    pub key: crate::Item,
    /// Lower and upper estimate, GB.
    pub size_estimate_gb: (f64, f64),
}

/// Bytes a write unit covers.
const WRITE_UNIT_BYTES: usize = 1024;
/// Bytes a read unit covers.
const READ_UNIT_BYTES: usize = 4096;

impl Units {
    /// Write units for an item of `item_bytes` (the larger of old and new): 1 KB steps, at least 1.
    pub fn write(item_bytes: usize) -> Self {
        Self { halves: 2 * steps(item_bytes, WRITE_UNIT_BYTES) }
    }

    /// Read units for `item_bytes`: 4 KB steps, at least one; half when eventually consistent.
    ///
    /// A Query or Scan rounds once: it passes the sum over the items it evaluated.
    pub fn read(item_bytes: usize, consistency: Consistency) -> Self {
        let steps = steps(item_bytes, READ_UNIT_BYTES);
        match consistency {
            Consistency::Eventual => Self { halves: steps },
            Consistency::Strong => Self { halves: 2 * steps },
        }
    }

    /// Twice as many, as transactions consume.
    #[must_use]
    pub fn doubled(self) -> Self {
        Self { halves: self.halves * 2 }
    }

    /// How many half units they are.
    pub fn halves(self) -> u64 {
        self.halves
    }

    /// As the wire prints it.
    pub fn as_f64(self) -> f64 {
        self.halves as f64 / 2.0
    }
}

/// Begun steps of `step_bytes`; what is missing or empty counts as one.
fn steps(item_bytes: usize, step_bytes: usize) -> u64 {
    debug_assert!(step_bytes > 0, "a unit covers something");
    item_bytes.div_ceil(step_bytes).max(1) as u64
}

impl std::ops::AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        self.halves += other.halves;
    }
}

impl std::iter::Sum for Units {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self { halves: iter.map(|units| units.halves).sum() }
    }
}

#[cfg(test)]
mod tests {
    use super::Consistency::{Eventual, Strong};
    use super::*;

    #[test]
    fn writes_round_up_to_1_kb_and_cost_at_least_one_unit() {
        for (item_bytes, units) in [(0, 1.0), (1, 1.0), (1024, 1.0), (1025, 2.0), (409_600, 400.0)]
        {
            assert_eq!(Units::write(item_bytes).as_f64(), units, "{item_bytes} bytes");
        }
    }

    #[test]
    fn reads_round_up_to_4_kb_and_cost_half_when_eventually_consistent() {
        for (item_bytes, units) in [(0, 1.0), (4096, 1.0), (4097, 2.0), (409_600, 100.0)] {
            assert_eq!(Units::read(item_bytes, Strong).as_f64(), units, "{item_bytes} bytes");
            assert_eq!(
                Units::read(item_bytes, Eventual).as_f64(),
                units / 2.0,
                "{item_bytes} bytes"
            );
        }
    }

    #[test]
    fn sums_keep_their_halves_and_transactions_double() {
        let mut sum: Units = [Units::read(1, Eventual); 3].into_iter().sum();
        assert_eq!(sum.as_f64(), 1.5);
        sum += Units::write(1);
        assert_eq!(sum.as_f64(), 2.5);
        assert_eq!(sum.doubled().as_f64(), 5.0);
    }
}
