//! How long a get takes before the load, and during it.
//!
//! Both times one connection gets items at random, with the same pauses. Before the load nobody else
//! asks anything, the first items are there, and the engine has come to rest.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::load::Measured;
use testkit::process::Server;

use super::super::Rig;
use super::super::table::median;
use super::Second;

/// How long gets are measured before the load.
const BEFORE: Duration = Duration::from_secs(5);

/// Latencies before the load, and of each of its seconds.
#[derive(Debug)]
pub(super) struct Gets {
    before: Measured,
    /// The p99 of each second that had a get, in microseconds.
    during_p99_us: Vec<f64>,
}

impl Rig {
    /// Measures gets before the load, of which so many items are there.
    pub(super) fn gets_before(&self, server: &Server, items: usize) -> anyhow::Result<Gets> {
        let task = ["read-grown", &items.to_string(), &BEFORE.as_millis().to_string()];
        let before = self.measure(server.address(), 1, &task)?;
        Ok(Gets { before, during_p99_us: Vec::new() })
    }
}

impl Gets {
    /// Takes in seconds of the load.
    #[expect(clippy::cast_precision_loss, reason = "a latency is less than hours")]
    pub(super) fn extend(&mut self, seconds: &[Second]) {
        let p99s = seconds.iter().filter_map(|second| second.reads_us.get(1));
        self.during_p99_us.extend(p99s.filter(|micros| **micros > 0).map(|micros| *micros as f64));
    }

    /// The second in the middle and the worst one, by their p99; nothing if no second had a get.
    fn during(&self) -> Option<[f64; 2]> {
        let worst = self.during_p99_us.iter().copied().max_by(f64::total_cmp)?;
        Some([median(self.during_p99_us.clone()), worst])
    }

    /// For `--json`.
    pub(super) fn to_json(&self) -> Value {
        let during = self.during().map(|[median, worst]| {
            let before = f64::from(self.before.p99_us);
            json!({
                "p99_us": {"median": median, "worst": worst},
                "of_before": {"median": median / before, "worst": worst / before},
            })
        });
        json!({"before": self.before.to_json(), "during": during})
    }
}

impl fmt::Display for Gets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { p50_us, p99_us, .. } = self.before;
        write!(f, "gets over one connection, before the load: p50 {p50_us} µs, p99 {p99_us} µs")?;
        let Some([median, worst]) = self.during() else { return Ok(()) };
        let before = f64::from(p99_us);
        write!(
            f,
            "; during it, p99 of the median second {median:.0} µs ({:.1} times as long), of the \
             worst {worst:.0} µs ({:.1} times)",
            median / before,
            worst / before,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gets_during_the_load_are_compared_with_those_before_it() {
        let before = Measured { per_second: 400.0, p50_us: 100, p99_us: 200 };
        let mut gets = Gets { before, during_p99_us: Vec::new() };
        assert!(gets.to_json()["during"].is_null());
        assert!(!gets.to_string().contains("during"), "{gets}");

        let second = |p99| Second { reads_us: vec![1, p99, 9999, 9999], ..Second::default() };
        gets.extend(&[second(0), second(300), second(1000)]);
        gets.extend(&[second(400)]);
        assert_eq!(gets.during(), Some([400.0, 1000.0]));
        assert_eq!(gets.to_json()["during"]["of_before"]["worst"], 5.0);
        assert!(gets.to_string().contains("400 µs (2.0 times"), "{gets}");
    }
}
