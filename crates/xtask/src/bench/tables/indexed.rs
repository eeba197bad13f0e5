//! What global indexes cost the puts of their table, and what a query on one takes.

use std::fmt;

use serde_json::{Value, json};
use testkit::load::indexes::create_table_with_indexes;
use testkit::load::{ITEMS, Measured, Scenario};
use testkit::process::Server;

use super::super::rig::each_engine;
use super::super::table::{Target, median, middle, name};
use super::super::{BenchArguments, CONNECTIONS, Rig};

/// Indexes of the tables that are compared; the first has none.
const INDEXES: [usize; 4] = [0, 1, 5, 20];

/// Tables with indexes on one engine.
#[derive(Debug)]
struct Indexed {
    target: Target,
    rows: Vec<Row>,
}

/// One table at one number of connections.
#[derive(Debug)]
struct Row {
    task: &'static str,
    indexes: usize,
    connections: usize,
    measured: Measured,
    /// Of the table without an index: the median of the rounds' shares.
    share: f64,
}

impl Rig {
    /// Measures and prints both engines; answers with the figures.
    pub(super) fn indexed(&self, arguments: &BenchArguments) -> anyhow::Result<Value> {
        each_engine(|target| self.indexed_on(target, arguments), Indexed::to_json)
    }

    fn indexed_on(&self, target: Target, arguments: &BenchArguments) -> anyhow::Result<Indexed> {
        let servers = INDEXES.map(|indexes| {
            let server = self.launch(target, &format!("indexes-{indexes}")).start()?;
            self.fill_table(&server, create_table_with_indexes(indexes), ITEMS)?;
            anyhow::Ok(server)
        });
        let servers: Vec<Server> = servers.into_iter().collect::<Result<_, _>>()?;
        let length = arguments.milliseconds.to_string();
        let (put, query) = (name(Scenario::Put), name(Scenario::Query));
        let mut rows = Vec::new();
        for connections in CONNECTIONS {
            let puts = |_: usize| vec!["drive", &put, &length];
            let rounds = self.in_turns(&servers, connections, arguments.rounds, puts)?;
            rows.extend(Row::of("put", connections, &rounds));
            let queries = |indexes| match indexes {
                0 => vec!["drive", &query, &length],
                _ => vec!["drive-index", &length],
            };
            let rounds = self.in_turns(&servers, connections, arguments.rounds, queries)?;
            rows.extend(Row::of("query", connections, &rounds));
        }
        Ok(Indexed { target, rows })
    }

    /// Runs a task, which depends on how many indexes there are, on each server in turn.
    fn in_turns<'a>(
        &self,
        servers: &[Server],
        connections: usize,
        rounds: usize,
        task: impl Fn(usize) -> Vec<&'a str>,
    ) -> anyhow::Result<Vec<Vec<Measured>>> {
        let round = |_| {
            let each = servers.iter().zip(INDEXES);
            each.map(|(server, indexes)| {
                self.measure(server.address(), connections, &task(indexes))
            })
            .collect()
        };
        (0..rounds).map(round).collect()
    }
}

impl Row {
    /// The rows of all tables, from rounds that measured each once.
    fn of(task: &'static str, connections: usize, rounds: &[Vec<Measured>]) -> Vec<Self> {
        let row = |(place, indexes): (usize, usize)| {
            let share = |round: &Vec<Measured>| round[place].per_second / round[0].per_second;
            Self {
                task,
                indexes,
                connections,
                measured: middle(rounds.iter().map(|round| round[place]).collect()),
                share: median(rounds.iter().map(share).collect()),
            }
        };
        INDEXES.into_iter().enumerate().map(row).collect()
    }

    fn to_json(&self) -> Value {
        json!({
            "task": self.task,
            "indexes": self.indexes,
            "connections": self.connections,
            "measured": self.measured.to_json(),
            "share": self.share,
        })
    }
}

impl Indexed {
    /// For `--json`.
    fn to_json(&self) -> Value {
        json!({
            "target": self.target.to_string(),
            "rows": self.rows.iter().map(Row::to_json).collect::<Value>(),
        })
    }
}

impl fmt::Display for Indexed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<8} {:<6} {:>4} {:>7} {:>9} {:>8} {:>8} {:>15}",
            self.target, "", "conn", "indexes", "req/s", "p50 µs", "p99 µs", "of one without"
        )?;
        for Row { task, indexes, connections, measured, share } in &self.rows {
            write!(
                f,
                "\n{:<8} {task:<6} {connections:>4} {indexes:>7} {:>9.0} {:>8} {:>8} {:>14.1}%",
                "",
                measured.per_second,
                measured.p50_us,
                measured.p99_us,
                share * 100.0
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_a_row_with_its_share_of_the_one_without_an_index() {
        let measured = |per_second| Measured { per_second, p50_us: 1, p99_us: 2 };
        let round = [100.0, 80.0, 50.0, 20.0].map(measured).to_vec();
        let rows = Row::of("put", 32, &[round]);
        let shares: Vec<_> = rows.iter().map(|row| (row.indexes, row.share)).collect();
        assert_eq!(shares, [(0, 1.0), (1, 0.8), (5, 0.5), (20, 0.2)]);
        let indexed = Indexed { target: Target::Durable, rows };
        assert_eq!(indexed.to_string().lines().count(), 5, "{indexed}");
    }
}
