//! What a server costs when nobody asks it anything.

use std::fmt;

use serde_json::{Value, json};

use super::Rig;
use super::rig::each_engine;
use super::table::{Target, median};

/// Items in the table when memory is looked at the second time.
const MANY_ITEMS: usize = 100_000;
/// Starts that are timed; the median counts.
const STARTS: usize = 11;

/// Start-up time and memory.
#[derive(Debug)]
struct Footprint {
    target: Target,
    first_answer_ms: f64,
    idle_mib: f64,
    filled_mib: f64,
}

impl Rig {
    /// Measures and prints both engines; answers with the figures.
    pub(super) fn footprints(&self) -> anyhow::Result<Value> {
        each_engine(|target| self.footprint(target), Footprint::to_json)
    }

    /// Starts, weighs, fills and weighs again.
    fn footprint(&self, target: Target) -> anyhow::Result<Footprint> {
        let launch = self.launch(target, "footprint");
        // The first start also makes the data directory.
        launch.start()?.stop()?;
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let server = launch.start()?;
            starts.push(server.first_answer_after.as_secs_f64() * 1000.0);
            server.stop()?;
        }
        let server = launch.start()?;
        let idle_mib = mebibytes(server.resident_bytes()?);
        self.fill(&server, MANY_ITEMS)?;
        let filled_mib = mebibytes(server.resident_bytes()?);
        server.stop()?;
        Ok(Footprint { target, first_answer_ms: median(starts), idle_mib, filled_mib })
    }
}

impl Footprint {
    /// For `--json`.
    fn to_json(&self) -> Value {
        json!({
            "target": self.target.to_string(),
            "first_answer_ms": self.first_answer_ms,
            "idle_mib": self.idle_mib,
            "filled_mib": self.filled_mib,
        })
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: first answer after {:.1} ms, {:.1} MiB idle, {:.1} MiB after {MANY_ITEMS} items",
            self.target, self.first_answer_ms, self.idle_mib, self.filled_mib
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "a tenth of a mebibyte is what is shown")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
