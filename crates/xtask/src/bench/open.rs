//! Latencies at an even pace: requests come when they are due, not when the last was answered.
//!
//! `testkit::load::open` says how a latency is counted: from the time at which its request was due,
//! and what the request waited in the generator's queue while all connections were busy counts with
//! it. All servers get the same pace. What is shown is the median of the rounds, and of the slowest
//! request the slowest of all rounds.

use std::fmt;
use std::net::SocketAddr;

use anyhow::Context;
use serde_json::{Value, json};
use testkit::load::open::{Open, PARTS};
use testkit::load::{ITEMS, Scenario, items_for};

use super::table::{Target, median, name};
use super::{BenchArguments, Rig};

/// What is sent, unless the command line says otherwise.
const SCENARIOS: [Scenario; 3] = [Scenario::Get, Scenario::Put, Scenario::Query];
/// Connections that share the requests, unless the command line says otherwise.
const CONNECTIONS: [usize; 1] = [32];

/// What is sent at what pace.
#[derive(Debug, Clone, Copy)]
struct Load {
    scenario: Scenario,
    connections: usize,
    rate: u32,
}

/// A load on one server.
#[derive(Debug)]
struct Paced {
    load: Load,
    target: Target,
    per_second: f64,
    /// For each of [`PARTS`].
    latencies_us: [f64; PARTS.len()],
    /// Requests of all rounds that were still waiting when their round was over.
    unsent: usize,
}

impl Rig {
    /// Measures and prints a line for each load and server; answers with the figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn open_loop(&self, rate: u32, arguments: &BenchArguments) -> anyhow::Result<Value> {
        let connections = arguments.connections_or(&CONNECTIONS);
        let items = connections.iter().copied().map(items_for).max().unwrap_or(ITEMS);
        let trio = self.trio("open-loop", |server| self.fill(server, items))?;
        let mut figures = Vec::new();
        println!("{}", head(rate));
        for &scenario in arguments.scenarios_or(&SCENARIOS) {
            for &connections in connections {
                let load = Load { scenario, connections, rate };
                let rounds = trio.rounds(arguments.rounds, |_, address| {
                    self.drive_open(address, load, arguments.milliseconds)
                })?;
                for (place, target) in Target::ALL.into_iter().enumerate() {
                    let of_target = rounds.iter().map(|round| round[place]).collect();
                    let paced = Paced::new(load, target, of_target);
                    println!("{paced}");
                    figures.push(paced.to_json());
                }
            }
        }
        Ok(Value::Array(figures))
    }

    fn drive_open(&self, to: SocketAddr, load: Load, milliseconds: u64) -> anyhow::Result<Open> {
        let (rate, milliseconds) = (load.rate.to_string(), milliseconds.to_string());
        let task = ["drive-open", &name(load.scenario), &rate, &milliseconds];
        let printed = self.load(to, load.connections, &task)?;
        let open = Open::from_json(&serde_json::from_str(&printed)?);
        open.with_context(|| format!("the generator said {printed}"))
    }
}

impl Paced {
    fn new(load: Load, target: Target, rounds: Vec<Open>) -> Self {
        let slowest = PARTS.len() - 1;
        let latency = |part: usize| {
            let latencies = rounds.iter().map(|round| f64::from(round.latencies_us[part]));
            if part == slowest {
                latencies.fold(0.0, f64::max)
            } else {
                median(latencies.collect())
            }
        };
        Self {
            load,
            target,
            per_second: median(rounds.iter().map(|round| round.per_second).collect()),
            latencies_us: std::array::from_fn(latency),
            unsent: rounds.iter().map(|round| round.unsent).sum(),
        }
    }

    /// For `--json`.
    fn to_json(&self) -> Value {
        let latencies = PARTS.iter().zip(self.latencies_us);
        let latencies = latencies.map(|(part, us)| json!({"of_10000": part, "us": us}));
        json!({
            "scenario": name(self.load.scenario),
            "connections": self.load.connections,
            "rate": self.load.rate,
            "target": self.target.to_string(),
            "per_second": self.per_second,
            "latencies": latencies.collect::<Value>(),
            "unsent": self.unsent,
        })
    }
}

/// The heading of the lines.
fn head(rate: u32) -> String {
    format!(
        "{:<12} {:>4} {:<8} {:>9}  {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        format!("{rate}/s"),
        "conn",
        "",
        "answers/s",
        "p50 µs",
        "p90 µs",
        "p99 µs",
        "p99.9 µs",
        "p99.99 µs",
        "max µs",
    )
}

impl fmt::Display for Paced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Load { scenario, connections, .. } = self.load;
        let target = self.target.to_string();
        write!(f, "{:<12} {connections:>4} {target:<8} {:>9.0} ", name(scenario), self.per_second)?;
        for latency in self.latencies_us {
            write!(f, " {latency:>9.0}")?;
        }
        if self.unsent > 0 {
            write!(f, "  too fast: {} were never sent", self.unsent)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_the_median_of_its_rounds_and_the_slowest_that_of_all() {
        let round = |latency: u32, unsent| Open {
            per_second: 100.0,
            latencies_us: std::array::from_fn(|_| latency),
            unsent,
        };
        let load = Load { scenario: Scenario::Get, connections: 1, rate: 100 };
        let paced = Paced::new(load, Target::Echo, vec![round(9, 0), round(2, 3), round(1, 1)]);
        assert_eq!(paced.latencies_us.map(f64::round), [2.0, 2.0, 2.0, 2.0, 2.0, 9.0]);
        assert_eq!(paced.unsent, 4);
        assert!(paced.to_string().ends_with("4 were never sent"), "{paced}");
    }
}
