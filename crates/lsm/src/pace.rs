//! Pace: how much writers are slowed when tables wait to be merged, or memtables to be flushed.
//!
//! Writers that are faster than the merges pile up tables in level 0, which every read looks into.
//! So each commit is followed by a pause in proportion to its bytes, which grows without a step as
//! the pile does: writes settle at the rate at which it stays as it is, and none waits for long.
//!
//! ```text
//! pause per byte │                              ╱
//!                │                           ╱
//!                │                     . ╱
//!                └────────────────────────────────
//!          tables      6                        24
//! ```

use std::time::Duration;

/// From how many tables in level 0 on writers are slowed, and where the curve ends.
const TABLES_FREE: f64 = 6.0;
const TABLES_MAX: f64 = 24.0;
/// The pause per byte half-way.
const HALF_WAY_NANOS: f64 = 25.0;
/// Where the pause stops growing: a fiftieth of the way before the end.
const PRESSURE_MAX: f64 = 0.98;
/// No commit is followed by a longer one. With commits of 4 MiB, the largest, that leaves 8 MB/s.
const PAUSE_MAX: Duration = Duration::from_millis(500);

/// What waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Debt {
    /// Tables in level 0.
    pub(crate) tables: usize,
    /// How full the memory for memtables is, while one of them is being flushed: from 0 to 1.
    pub(crate) memory: f64,
}

/// The pause behind a commit of so many bytes.
#[expect(clippy::cast_precision_loss, reason = "a rough figure is enough")]
pub(crate) fn pause(debt: Debt, bytes: usize) -> Duration {
    let tables = (debt.tables as f64 - TABLES_FREE) / (TABLES_MAX - TABLES_FREE);
    let pressure = tables.max(2.0 * debt.memory - 1.0).clamp(0.0, PRESSURE_MAX);
    let nanos = HALF_WAY_NANOS * pressure / (1.0 - pressure) * bytes as f64;
    Duration::from_secs_f64(nanos / 1e9).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause_at(tables: usize, memory: f64) -> Duration {
        pause(Debt { tables, memory }, 100_000)
    }

    #[test]
    fn pauses_grow_with_what_waits_and_have_an_end() {
        assert_eq!(pause_at(6, 0.5), Duration::ZERO);
        let pauses: Vec<_> = (6..30).map(|tables| pause_at(tables, 0.0)).collect();
        assert!(pauses.is_sorted());
        assert_eq!(pause_at(15, 0.0), Duration::from_micros(2500));
        assert_eq!(pause(Debt { tables: 1000, memory: 0.0 }, 4 << 20), PAUSE_MAX);
        assert!(pause_at(0, 0.9) > pause_at(0, 0.6));
    }
}
