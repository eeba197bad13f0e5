//! A Scan of the whole table, by one segment and by several in parallel.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use testkit::load::growth::ITEM_BYTES;
use testkit::load::scan::Scanned;
use testkit::process::Server;

use super::super::{BenchArguments, Rig};

/// In how many segments the table is read.
const SEGMENTS: [usize; 3] = [1, 2, 4];

/// What reading by so many segments gave and took.
#[derive(Debug)]
struct Scan {
    segments: usize,
    scanned: Scanned,
    /// What the server took of the processor.
    processor: Duration,
}

impl Rig {
    /// Measures and prints a line for each number of segments; answers with the figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn scans(
        &self,
        server: &Server,
        items: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Value> {
        let mut scans = Vec::new();
        for segments in SEGMENTS {
            let task = ["scan", &arguments.milliseconds.to_string()];
            let before = server.whole_processor_time()?;
            let printed = self.load(server.address(), segments, &task)?;
            let processor = server.whole_processor_time()? - before;
            let scanned = Scanned::from_json(&serde_json::from_str(&printed)?)
                .with_context(|| format!("the generator said {printed}"))?;
            let there = (items * scanned.rounds) as u64;
            ensure!(scanned.items == there, "{} of {there} items were read", scanned.items);
            let scan = Scan { segments, scanned, processor };
            println!("{scan}");
            scans.push(scan.to_json());
        }
        Ok(Value::Array(scans))
    }
}

impl Scan {
    /// Megabytes of items per second of `time`.
    #[expect(clippy::cast_precision_loss, reason = "three digits are what is shown")]
    fn megabytes_per(&self, time: Duration) -> f64 {
        self.scanned.items as f64 * ITEM_BYTES as f64 / 1e6 / time.as_secs_f64()
    }

    /// For `--json`.
    fn to_json(&self) -> Value {
        json!({
            "segments": self.segments,
            "scanned": self.scanned.to_json(),
            "processor_s": self.processor.as_secs_f64(),
            "item_mb_per_s": self.megabytes_per(self.scanned.elapsed),
            "item_mb_per_processor_s": self.megabytes_per(self.processor),
        })
    }
}

impl fmt::Display for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "scan, segments: {}  {:>5.0} MB of items per second, {:>5.0} per second of the server's \
             processor time",
            self.segments,
            self.megabytes_per(self.scanned.elapsed),
            self.megabytes_per(self.processor),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_told_in_bytes_of_items_by_the_clock_and_by_the_processor() {
        let elapsed = Duration::from_secs(2);
        let scanned = Scanned { rounds: 1, items: 1_000_000, answer_bytes: 5, elapsed };
        let scan = Scan { segments: 4, scanned, processor: Duration::from_secs(4) };
        assert_eq!(scan.to_json()["item_mb_per_s"], 200.0);
        assert_eq!(scan.to_json()["item_mb_per_processor_s"], 100.0);
    }
}
