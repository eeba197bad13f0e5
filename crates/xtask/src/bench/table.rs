//! Figures of several rounds, as one line.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Value, json};
use testkit::load::{Measured, Scenario};

/// The server that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The bare server.
    Echo,
    /// Stator on disk, encrypted.
    Durable,
    /// Stator in memory.
    Memory,
}

impl Target {
    /// All of them, in the order in which they are shown.
    pub(super) const ALL: [Self; 3] = [Self::Echo, Self::Durable, Self::Memory];
}

/// One scenario at one number of connections.
#[derive(Debug)]
pub(super) struct Row {
    scenario: String,
    connections: usize,
    echo: Measured,
    durable: Measured,
    memory: Measured,
    durable_share: f64,
    memory_share: f64,
}

/// The heading of the rows.
pub(super) fn head() -> String {
    format!(
        "{:<12} {:>4} {:>9}  {:>9} {:>6} {:>8} {:>8}  {:>9} {:>6} {:>8} {:>8}",
        "",
        "conn",
        "echo/s",
        "durable/s",
        "share",
        "p50 µs",
        "p99 µs",
        "memory/s",
        "share",
        "p50 µs",
        "p99 µs",
    )
}

/// What the command line calls a scenario.
pub(super) fn name(scenario: Scenario) -> String {
    scenario.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

impl Row {
    /// The medians of rounds of echo, durable and memory.
    pub(super) fn new(scenario: Scenario, connections: usize, rounds: Vec<[Measured; 3]>) -> Self {
        Self::named(name(scenario), connections, rounds)
    }

    /// As [`Row::new`], of what is no scenario of the bench, but called so in the figures.
    pub(super) fn named(scenario: String, connections: usize, rounds: Vec<[Measured; 3]>) -> Self {
        let share = |of: usize| {
            median(rounds.iter().map(|round| round[of].per_second / round[0].per_second).collect())
        };
        let measured = |of: usize| middle(rounds.iter().map(|round| round[of]).collect());
        Self {
            scenario,
            connections,
            echo: measured(0),
            durable: measured(1),
            memory: measured(2),
            durable_share: share(1),
            memory_share: share(2),
        }
    }

    /// For `--json`.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "scenario": self.scenario,
            "connections": self.connections,
            "echo": self.echo.to_json(),
            "durable": self.durable.to_json(),
            "memory": self.memory.to_json(),
            "durable_share": self.durable_share,
            "memory_share": self.memory_share,
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, durable, memory, .. } = self;
        write!(f, "{:<12} {connections:>4} {:>9.0}", self.scenario, self.echo.per_second)?;
        for (measured, share) in [(durable, self.durable_share), (memory, self.memory_share)] {
            write!(
                f,
                "  {:>9.0} {:>5.1}% {:>8} {:>8}",
                measured.per_second,
                share * 100.0,
                measured.p50_us,
                measured.p99_us
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Echo => "echo",
            Self::Durable => "durable",
            Self::Memory => "memory",
        })
    }
}

/// The middle value.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The round in the middle by rate, with its own latencies.
pub(super) fn middle(mut rounds: Vec<Measured>) -> Measured {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rounds[rounds.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_taken_round_by_round() {
        let measured = |per_second| Measured { per_second, p50_us: 1, p99_us: 2 };
        let round = |echo, durable| [measured(echo), measured(durable), measured(echo)];
        // The machine slowed down in the second round; the shares did not.
        let rounds = vec![round(100.0, 50.0), round(10.0, 5.0), round(100.0, 50.0)];
        let row = Row::new(Scenario::Get, 1, rounds);
        assert!((row.durable_share - 0.5).abs() < 1e-9);
        assert!((row.memory_share - 1.0).abs() < 1e-9);
        assert!((row.durable.per_second - 50.0).abs() < 1e-9);
    }
}
