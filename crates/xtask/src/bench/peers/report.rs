//! What a comparison is shown as: a table for each storage, and notes beneath it.

use std::fmt::{self, Write as _};
use std::time::Duration;

use serde_json::{Map, Value, json};
use testkit::load::{Measured, Scenario};

use super::super::table::{Target, median, middle, name};
use super::recipe::{Peer, all_facts};

/// The width of one server's figures.
const WIDTH: usize = 38;

/// What was measured in one turn.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) echo: Measured,
    /// Stator's first; those who refused have said why.
    pub(super) servers: Vec<Result<Measured, String>>,
}

/// One scenario at one number of connections.
#[derive(Debug)]
pub(super) struct Row {
    storage: Target,
    scenario: Scenario,
    connections: usize,
    echo: Measured,
    cells: Vec<Result<Cell, String>>,
}

/// One server's figures: medians of the rounds.
#[derive(Debug, Clone, Copy)]
struct Cell {
    measured: Measured,
    /// Of the echo.
    share: f64,
    /// To Stator.
    ratio: f64,
}

/// A peer that was not measured, in one storage or at all.
#[derive(Debug)]
pub(super) struct Absent {
    peer: Peer,
    storage: Option<Target>,
    reason: String,
}

impl Row {
    pub(super) fn new(
        storage: Target,
        scenario: Scenario,
        connections: usize,
        rounds: Vec<Round>,
    ) -> Self {
        let servers = rounds.first().map_or(0, |round| round.servers.len());
        let cells = (0..servers).map(|place| Cell::new(place, &rounds)).collect();
        let echo = middle(rounds.into_iter().map(|round| round.echo).collect());
        Self { storage, scenario, connections, echo, cells }
    }

    /// For `--json`: a member for each server of these names.
    pub(super) fn to_json(&self, names: &[&str]) -> Value {
        let cells = self.cells.iter().map(|cell| match cell {
            Ok(cell) => cell.to_json(),
            Err(refused) => json!({"refused": refused}),
        });
        let servers: Map<String, Value> =
            names.iter().map(|name| (*name).to_owned()).zip(cells).collect();
        json!({
            "storage": self.storage.to_string(),
            "scenario": name(self.scenario),
            "connections": self.connections,
            "echo": self.echo.to_json(),
            "servers": servers,
        })
    }
}

impl Cell {
    /// The figures of the server at this place. A share is taken within a round, as a ratio is.
    fn new(place: usize, rounds: &[Round]) -> Result<Self, String> {
        let of = |place: usize| -> Result<Vec<Measured>, String> {
            rounds.iter().map(|round| round.servers[place].clone()).collect()
        };
        let own = of(place)?;
        let to = |others: Vec<f64>| {
            median(own.iter().zip(others).map(|(own, other)| own.per_second / other).collect())
        };
        let stator = of(0).map(|measured| to(measured.iter().map(|m| m.per_second).collect()));
        Ok(Self {
            measured: middle(own.clone()),
            share: to(rounds.iter().map(|round| round.echo.per_second).collect()),
            ratio: stator.unwrap_or(f64::NAN),
        })
    }

    fn to_json(self) -> Value {
        let mut json = self.measured.to_json();
        json["share"] = self.share.into();
        json["ratio"] = self.ratio.into();
        json
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, echo, .. } = self;
        write!(f, "{:<12} {connections:>4} {:>8.0}", name(self.scenario), echo.per_second)?;
        for cell in &self.cells {
            match cell {
                Ok(Cell { measured, share, ratio }) => write!(
                    f,
                    " | {:>7.0} {:>7} {:>8} {:>5.1}% {ratio:>6.3}",
                    measured.per_second,
                    measured.p50_us,
                    measured.p99_us,
                    share * 100.0,
                )?,
                Err(_) => write!(f, " | {:>width$}", "refused", width = WIDTH)?,
            }
        }
        Ok(())
    }
}

/// The two lines above the rows of one storage.
pub(super) fn heading(storage: Target, names: &[&str]) -> String {
    let mut heading = format!("{:<26}", storage.to_string());
    for name in names {
        write!(heading, " | {name:<width$}", width = WIDTH).expect("a text takes everything");
    }
    write!(heading, "\n{:<12} {:>4} {:>8}", "", "conn", "echo/s").expect("a text takes everything");
    for _ in names {
        write!(
            heading,
            " | {:>7} {:>7} {:>8} {:>6} {:>6}",
            "req/s", "p50 µs", "p99 µs", "echo", "Stator"
        )
        .expect("a text takes everything");
    }
    heading
}

/// Who refused what, and in which words.
pub(super) fn notes(rows: &[Row], names: &[&str]) -> String {
    let mut notes = String::new();
    for row in rows {
        for (server, cell) in names.iter().zip(&row.cells) {
            let Err(refused) = cell else { continue };
            let (scenario, connections) = (name(row.scenario), row.connections);
            let said = refused.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(notes, "{server} refuses {scenario} at {connections}: {said}")
                .expect("a text takes everything");
        }
    }
    notes
}

/// How long a server's start took, and what it takes up after all requests.
#[expect(clippy::cast_precision_loss, reason = "a mebibyte is what is shown")]
pub(super) fn started(name: &str, first_answer_after: Duration, resident_bytes: u64) -> String {
    format!(
        "{name}: first answer after {:.1} ms, {:.0} MiB resident at the end",
        first_answer_after.as_secs_f64() * 1000.0,
        resident_bytes as f64 / (1024.0 * 1024.0)
    )
}

/// What the figures don't compare.
pub(super) fn facts() -> String {
    let mut facts = String::from("\nWhat the figures do not compare:\n");
    for fact in all_facts() {
        writeln!(
            facts,
            "{}: on disk, {}; signatures: {}; encrypts: {}",
            fact.name(),
            fact.syncs,
            fact.signatures,
            fact.encrypts
        )
        .expect("a text takes everything");
    }
    facts
}

impl Absent {
    pub(super) fn new(peer: Peer, storage: Option<Target>, reason: &anyhow::Error) -> Self {
        Self { peer, storage, reason: format!("{reason:#}") }
    }

    /// For `--json`.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "name": self.peer.facts().name(),
            "storage": self.storage.map(|storage| storage.to_string()),
            "reason": self.reason,
        })
    }
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.peer.facts().name())?;
        if let Some(storage) = self.storage {
            write!(f, ", {storage}")?;
        }
        write!(f, ": not measured: {}", self.reason.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(per_second: f64) -> Measured {
        Measured { per_second, p50_us: 1, p99_us: 2 }
    }

    fn round(echo: f64, stator: f64, peer: Result<f64, &str>) -> Round {
        let peer = peer.map(measured).map_err(str::to_owned);
        Round { echo: measured(echo), servers: vec![Ok(measured(stator)), peer] }
    }

    #[test]
    fn shares_and_ratios_are_taken_round_by_round() {
        // The machine slowed down in the second round, and what was measured did not change.
        let rounds = vec![
            round(100.0, 50.0, Ok(10.0)),
            round(10.0, 5.0, Ok(1.0)),
            round(100.0, 50.0, Ok(10.0)),
        ];
        let row = Row::new(Target::Durable, Scenario::Get, 1, rounds);
        let figures = row.to_json(&["Stator", "Peer"]);
        let near = |pointer: &str, expected: f64| {
            let figure = figures.pointer(pointer).and_then(Value::as_f64).unwrap();
            assert!((figure - expected).abs() < 1e-9, "{pointer}: {figure}");
        };
        near("/servers/Peer/share", 0.1);
        near("/servers/Peer/ratio", 0.2);
        near("/servers/Stator/ratio", 1.0);
    }

    #[test]
    fn a_refusal_is_in_the_row_in_the_notes_and_in_the_figures() {
        let rounds = vec![round(100.0, 50.0, Err("answered 400:\nno such operation"))];
        let row = Row::new(Target::Memory, Scenario::Transact, 32, rounds);
        assert!(row.to_string().ends_with("refused"), "{row}");
        let notes = notes(std::slice::from_ref(&row), &["Stator", "Peer"]);
        assert_eq!(notes, "Peer refuses transact at 32: answered 400: no such operation\n");
        let refused = row.to_json(&["Stator", "Peer"])["servers"]["Peer"]["refused"].clone();
        assert!(refused.is_string());
    }

    #[test]
    fn lines_of_a_table_are_of_one_length() {
        let row = Row::new(
            Target::Memory,
            Scenario::Get,
            32,
            vec![round(90_000.0, 70_000.0, Ok(1234.0))],
        );
        let heading = heading(Target::Memory, &["Stator", "Peer"]);
        for line in heading.lines() {
            assert_eq!(line.chars().count(), row.to_string().chars().count(), "{heading}\n{row}");
        }
    }
}
