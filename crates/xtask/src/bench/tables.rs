//! `bench --tables N`: what many tables cost, and many indexes on one.
//!
//! Tables are created one after another over one connection, listed and described. Then nobody asks
//! anything for some seconds, and the server's processor time is counted; it is stopped and started
//! again. The same server without a table is what the idle figures compare with. The other half
//! puts into tables with 0, 1, 5 and 20 global indexes in turn, each of which every put changes, and
//! queries an index.

mod indexed;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use testkit::http::Connection;
use testkit::load::data::create_table;
use testkit::process::Server;

use super::rig::each_engine;
use super::table::{Target, median};
use super::{BenchArguments, Rig};

/// How many calls a figure is the median of.
const SAMPLE: usize = 100;
/// What is counted as idle begins so long after the last answer, and lasts so long.
const SETTLES_IN: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(5);

/// Many tables on one engine.
#[derive(Debug)]
struct Tables {
    target: Target,
    count: usize,
    created_after: Duration,
    /// Medians of the first and the last calls, and the slowest of all, in milliseconds.
    create_ms: [f64; 3],
    listed_after: Duration,
    /// Medians for the table that was created first, and for the last one, in milliseconds.
    describe_ms: [f64; 2],
    empty: Idle,
    filled: Idle,
    /// Of a durable server: all others forget.
    restarted: Option<Restarted>,
}

/// A server that nobody asks anything.
#[derive(Debug, Clone, Copy)]
struct Idle {
    resident_bytes: u64,
    /// Processor time per second.
    processor: Duration,
}

#[derive(Debug)]
struct Restarted {
    closed_after: Duration,
    first_answer_after: Duration,
    idle: Idle,
}

impl Rig {
    /// Measures and prints both engines; answers with the figures.
    pub(super) fn tables(&self, count: usize, arguments: &BenchArguments) -> anyhow::Result<Value> {
        ensure!(count > 0, "there must be a table");
        Ok(json!({
            "many": each_engine(|target| self.many_tables(target, count), Tables::to_json)?,
            "indexed": self.indexed(arguments)?,
        }))
    }

    fn many_tables(&self, target: Target, count: usize) -> anyhow::Result<Tables> {
        let launch = self.launch(target, "tables");
        let server = launch.start()?;
        let empty = idle(&server)?;
        let begun = Instant::now();
        let created = self.wait_for(create_tables(&server, count))?;
        let created_after = begun.elapsed();
        let begun = Instant::now();
        let listed = self.wait_for(list_tables(&server))?;
        let listed_after = begun.elapsed();
        ensure!(listed == count, "{listed} tables were listed");
        let describe_ms = [
            self.wait_for(describe_table(&server, 0))?,
            self.wait_for(describe_table(&server, count - 1))?,
        ];
        let filled = idle(&server)?;
        let restarted = if target == Target::Durable {
            let begun = Instant::now();
            server.stop()?;
            let closed_after = begun.elapsed();
            let server = launch.start()?;
            let first_answer_after = server.first_answer_after;
            Some(Restarted { closed_after, first_answer_after, idle: idle(&server)? })
        } else {
            None
        };
        let create_ms = [
            median_ms(&created[..SAMPLE.min(count)]),
            median_ms(&created[count.saturating_sub(SAMPLE)..]),
            created.iter().max().map_or(f64::NAN, |slowest| milliseconds(*slowest)),
        ];
        Ok(Tables {
            target,
            count,
            created_after,
            create_ms,
            listed_after,
            describe_ms,
            empty,
            filled,
            restarted,
        })
    }
}

/// Creates the tables, and answers with how long each took.
async fn create_tables(server: &Server, count: usize) -> anyhow::Result<Vec<Duration>> {
    let mut connection = server.connect().await?;
    let (operation, mut input) = create_table();
    let mut latencies = Vec::with_capacity(count);
    for number in 0..count {
        input["TableName"] = table_name(number).into();
        let sent = Instant::now();
        connection.expect(operation, &input).await?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}

/// Asks for every page, and answers with how many tables there are.
async fn list_tables(server: &Server) -> anyhow::Result<usize> {
    let mut connection = server.connect().await?;
    let (mut input, mut count) = (json!({}), 0);
    loop {
        let answer = connection.expect("ListTables", &input).await?;
        count += answer["TableNames"].as_array().context("names")?.len();
        match answer.get("LastEvaluatedTableName") {
            Some(last) => input["ExclusiveStartTableName"] = last.clone(),
            None => return Ok(count),
        }
    }
}

/// The median time of describing one table over and over, in milliseconds.
async fn describe_table(server: &Server, number: usize) -> anyhow::Result<f64> {
    let mut connection: Connection = server.connect().await?;
    let input = json!({"TableName": table_name(number)});
    let mut latencies = Vec::with_capacity(SAMPLE);
    for _ in 0..SAMPLE {
        let sent = Instant::now();
        connection.expect("DescribeTable", &input).await?;
        latencies.push(sent.elapsed());
    }
    Ok(median_ms(&latencies))
}

fn table_name(number: usize) -> String {
    format!("table-{number:06}")
}

/// Waits, and looks at what the server takes meanwhile.
fn idle(server: &Server) -> anyhow::Result<Idle> {
    std::thread::sleep(SETTLES_IN);
    let before = server.processor_time()?;
    std::thread::sleep(IDLE);
    // A thread that has ended takes its time with it.
    let processor = server.processor_time()?.saturating_sub(before).div_f64(IDLE.as_secs_f64());
    Ok(Idle { resident_bytes: server.resident_bytes()?, processor })
}

fn median_ms(latencies: &[Duration]) -> f64 {
    median(latencies.iter().copied().map(milliseconds).collect())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

impl Idle {
    fn to_json(self) -> Value {
        json!({
            "resident_bytes": self.resident_bytes,
            "processor_ms_per_s": milliseconds(self.processor),
        })
    }

    /// What each of `count` tables adds to a server that has none, in bytes.
    #[expect(clippy::cast_precision_loss, reason = "a tenth of a kibibyte is what is shown")]
    fn bytes_per_table(self, empty: Self, count: usize) -> f64 {
        (self.resident_bytes as f64 - empty.resident_bytes as f64) / count as f64
    }
}

impl Tables {
    /// For `--json`.
    fn to_json(&self) -> Value {
        let restarted = self.restarted.as_ref().map(|restarted| {
            json!({
                "close_ms": milliseconds(restarted.closed_after),
                "first_answer_ms": milliseconds(restarted.first_answer_after),
                "idle": restarted.idle.to_json(),
            })
        });
        let [first, last, slowest] = self.create_ms;
        json!({
            "target": self.target.to_string(),
            "tables": self.count,
            "create_s": self.created_after.as_secs_f64(),
            "create_ms": {"first": first, "last": last, "slowest": slowest},
            "list_ms": milliseconds(self.listed_after),
            "describe_ms": {"first": self.describe_ms[0], "last": self.describe_ms[1]},
            "empty": self.empty.to_json(),
            "filled": self.filled.to_json(),
            "restarted": restarted,
        })
    }
}

impl fmt::Display for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, count, empty, filled, .. } = self;
        let ([first, last, slowest], [oldest, newest]) = (self.create_ms, self.describe_ms);
        writeln!(
            f,
            "{target}: {count} tables created in {:.1} s; one takes {first:.2} ms at the beginning, \
             {last:.2} ms at the end, {slowest:.0} ms at most",
            self.created_after.as_secs_f64(),
        )?;
        writeln!(
            f,
            "{target}: all listed in {:.1} ms; the first described in {oldest:.3} ms, the last in \
             {newest:.3} ms",
            milliseconds(self.listed_after),
        )?;
        let idle = |f: &mut fmt::Formatter<'_>, name: &str, idle: &Idle| {
            write!(
                f,
                "{target}: {name}: {} MiB resident, {:.1} KiB per table; idle {:.2} ms of processor \
                 time per second",
                idle.resident_bytes >> 20,
                idle.bytes_per_table(*empty, *count) / 1024.0,
                milliseconds(idle.processor),
            )
        };
        idle(f, "without a table", empty)?;
        writeln!(f)?;
        idle(f, "with them", filled)?;
        if let Some(restarted) = &self.restarted {
            writeln!(
                f,
                "\n{target}: closed in {:.0} ms, first answer {:.0} ms after the start",
                milliseconds(restarted.closed_after),
                milliseconds(restarted.first_answer_after),
            )?;
            idle(f, "started again", &restarted.idle)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_costs_what_it_adds_to_a_server_without() {
        let idle = |resident_bytes| Idle { resident_bytes, processor: Duration::ZERO };
        assert!((idle(3000).bytes_per_table(idle(1000), 4) - 500.0).abs() < 1e-9);
        assert!((idle(500).bytes_per_table(idle(1000), 5) + 100.0).abs() < 1e-9);
    }

    #[test]
    fn figures_of_an_engine_without_a_restart_say_so() {
        let idle = Idle { resident_bytes: 10 << 20, processor: Duration::from_millis(1) };
        let tables = Tables {
            target: Target::Memory,
            count: 10,
            created_after: Duration::from_secs(1),
            create_ms: [1.0, 2.0, 3.0],
            listed_after: Duration::from_millis(4),
            describe_ms: [0.1, 0.2],
            empty: idle,
            filled: idle,
            restarted: None,
        };
        assert!(tables.to_json()["restarted"].is_null());
        assert!(!tables.to_string().contains("started again"), "{tables}");
    }
}
