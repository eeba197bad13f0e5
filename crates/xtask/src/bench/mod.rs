//! `cargo xtask bench`: speed, as shares of a bare echo server.
//!
//! Absolute figures say more about the machine and its neighbours than about Stator. So three
//! servers run at once, and short runs of the same requests alternate between them: echo, durable
//! (encrypted, on disk), in memory, and again. A share is the median of the rounds' shares; noise
//! meets all three. The generator is a process of its own. Any answer but 200 ends the bench.
//!
//! One run measures one subject:
//!
//! | option | what is measured | file |
//! |---|---|---|
//! | none | each scenario, the time from start to the first answer, and memory | `speed`, `footprint` |
//! | `--backfill` | puts while so many items are brought into an index | `backfill` |
//! | `--streams` | what a stream costs its table's puts, and how fast it is read | `streams` |
//! | `--expiry` | requests while so many items are removed that expired all at once | `expiry` |
//! | `--size` | how all that changes while a table grows to so many items; Scans | `size` |
//! | `--open-loop` | latencies while so many requests a second come | `open` |
//! | `--ycsb` | the core workloads of YCSB | `ycsb` |
//! | `--peers` | other servers that speak DynamoDB's language, and Stator | `peers` |
//! | `--tables` | so many tables, and tables with many indexes | `tables` |
//! | `--item-bytes` | gets and puts of items of several sizes | `item_bytes` |
//! | `--counts` | instructions of a request, beside those that are committed | `counts` |
//!
//! How it is measured: `--rounds` and `--milliseconds` say how often and how long, `--connections`
//! over how many connections, `--only` which scenarios, and `--items` how many items YCSB's
//! workloads begin with. `--json` keeps the figures, of which `cargo xtask chart` makes a picture.
//!
//! A new subject is a file, an option in [`Choice`], and a variant of `subject::Subject`,
//! where the compiler asks for the rest.

mod backfill;
mod counts;
mod expiry;
mod footprint;
mod item_bytes;
mod open;
mod peers;
mod rig;
mod size;
mod speed;
mod streams;
mod subject;
mod table;
mod tables;
mod trio;
mod ycsb;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use testkit::load::Scenario;

use self::rig::{FILL_CONNECTIONS, Rig};

pub use self::subject::Choice;

/// Connections over which speed is measured, unless the command line says otherwise.
const CONNECTIONS: [usize; 2] = [1, 32];

/// What to measure, and for how long.
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// The subject.
    #[command(flatten)]
    pub choice: Choice,
    /// Rounds of each figure; the median counts.
    #[arg(long, default_value_t = 5, value_parser = at_least_one)]
    pub rounds: usize,
    /// The length of one run, in milliseconds.
    #[arg(long, default_value_t = 1000)]
    pub milliseconds: u64,
    /// Only these scenarios.
    #[arg(long, value_enum, value_delimiter = ',', conflicts_with = "ycsb")]
    pub only: Vec<Scenario>,
    /// Over how many connections each scenario is measured.
    #[arg(
        long,
        value_delimiter = ',',
        value_parser = at_least_one,
        conflicts_with_all = ["backfill", "streams", "expiry", "size", "tables", "counts"],
    )]
    pub connections: Vec<usize>,
    /// How many items YCSB's workloads begin with: 100,000 by default.
    #[arg(long, requires = "ycsb", value_parser = clap::value_parser!(u64).range(1..))]
    pub items: Option<u64>,
    /// The `--memory` of the server that is loaded.
    #[arg(long, value_name = "BYTES", requires = "size")]
    pub memory: Option<String>,
    /// The folder of an unpacked DynamoDB Local, whose terms you have accepted.
    #[arg(long, value_name = "FOLDER", requires = "peers")]
    pub dynamodb_local: Option<PathBuf>,
    /// Make the counts the baseline that is committed.
    #[arg(long, requires = "counts")]
    pub update: bool,
    /// Also write the figures to this file.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Measures the subject, which prints its figures, and writes the file that was asked for.
pub fn run(root: &Path, arguments: &BenchArguments) -> anyhow::Result<ExitCode> {
    let rig = Rig::build(root)?;
    let (figures, code) = arguments.choice.subject().measure(&rig, arguments)?;
    if let Some(file) = &arguments.json {
        fs::write(file, format!("{figures:#}\n")).with_context(|| file.display().to_string())?;
    }
    Ok(code)
}

impl BenchArguments {
    /// Over how many connections is measured; `usual` ones if the command line does not say.
    fn connections_or<'a>(&'a self, usual: &'a [usize]) -> &'a [usize] {
        if self.connections.is_empty() { usual } else { &self.connections }
    }

    /// What is measured; the `usual` scenarios if the command line does not say.
    fn scenarios_or<'a>(&'a self, usual: &'a [Scenario]) -> &'a [Scenario] {
        if self.only.is_empty() { usual } else { &self.only }
    }
}

/// A number of things of which there must be one.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one is needed".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}
