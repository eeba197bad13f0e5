//! Capacity units: what a request consumed, and the rounding rules.

use crate::TableRef;

/// Read or write units. Kept in half units so that eventually consistent reads stay exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Units {
    halves: u64,
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

    /// Read units for `item_bytes`: 4 KB steps, at least one step; half when eventually consistent.
    ///
    /// A Query or Scan rounds once: it passes the sum over the items it evaluated.
    pub fn read(item_bytes: usize, consistent: bool) -> Self {
        let halves_per_step = if consistent { 2 } else { 1 };
        Self { halves: halves_per_step * steps(item_bytes, READ_UNIT_BYTES) }
    }

    /// Twice as many, as transactions consume.
    #[must_use]
    pub fn doubled(self) -> Self {
        Self { halves: self.halves * 2 }
    }

    /// As the wire prints it.
    pub fn as_f64(self) -> f64 {
        self.halves as f64 / 2.0
    }
}

/// Begun steps of `step_bytes`; what is missing or empty counts as one.
fn steps(item_bytes: usize, step_bytes: usize) -> u64 {
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
