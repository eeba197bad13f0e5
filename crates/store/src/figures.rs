//! Numbers that a store tells about itself, for whoever watches it.
//!
//! What they mean is the engine's to say: it names each one and explains it in a line. Whoever
//! prints them adds a prefix of its own.

use std::sync::atomic::{AtomicU64, Ordering};

/// One number, or many of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is called: lower case, words joined by `_`, the unit last.
    pub name: &'static str,
    /// What it says, in one line.
    pub help: &'static str,
    /// The number.
    pub value: FigureValue,
}

/// The number of a figure, or the many of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FigureValue {
    /// Something that only grows while the process lives.
    Count(u64),
    /// Something that comes and goes.
    Level(u64),
    /// How often something was how large.
    Spread(Spread),
}

/// What was observed, sorted by size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// What the bounds and the sum count.
    pub unit: SpreadUnit,
    /// Upper bounds, inclusive and rising.
    pub bounds: &'static [u64],
    /// How many observations were within each bound and above the one before; the last of them,
    /// which has no bound, were above all.
    pub counts: Vec<u64>,
    /// The sum of all observations.
    pub sum: u64,
}

/// What the observations of a [`Spread`] are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpreadUnit {
    /// Durations.
    Microseconds,
    /// Anything counted.
    Things,
}

/// Collects a [`Spread`]; any thread may add to it at any time, and none waits.
#[derive(Debug)]
pub struct Histogram {
    unit: SpreadUnit,
    bounds: &'static [u64],
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// Durations from 50 µs to 10 s, which is what a request or a commit takes.
    pub const DURATIONS_US: &'static [u64] = &[
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000,
    ];

    /// Powers of four: how many of something came together.
    pub const CROWDS: &'static [u64] = &[1, 4, 16, 64, 256, 1024, 4096, 16_384];

    /// Nothing observed yet. `bounds` rise.
    pub fn new(unit: SpreadUnit, bounds: &'static [u64]) -> Self {
        debug_assert!(bounds.is_sorted_by(|one, next| one < next), "bounds rise");
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { unit, bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Adds one observation.
    pub fn observe(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        debug_assert!(place == self.bounds.len() || value <= self.bounds[place], "bounds include");
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What was observed so far.
    pub fn spread(&self) -> Spread {
        debug_assert_eq!(self.counts.len(), self.bounds.len() + 1, "the last count has no bound");
        Spread {
            unit: self.unit,
            bounds: self.bounds,
            counts: self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect(),
            sum: self.sum.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_are_sorted_by_inclusive_bounds() {
        let histogram = Histogram::new(SpreadUnit::Things, &[1, 4, 16]);
        for value in [0, 1, 2, 4, 5, 16, 17, 1000] {
            histogram.observe(value);
        }
        let spread = histogram.spread();
        assert_eq!(spread.counts, [2, 2, 2, 2]);
        assert_eq!(spread.sum, 1045);
    }
}
