//! `cargo xtask bench`: speed, as shares of a bare echo server.
//!
//! Absolute figures say more about the machine and its neighbours than about Stator. So three
//! servers run at once, and short runs of the same requests alternate between them: echo, durable
//! (encrypted, on disk), in memory, and again. A share is the median of the rounds' shares; noise
//! meets all three. The generator is a process of its own. Any answer but 200 ends the bench.
//!
//! Besides: the time from start to the first answer, and memory idle and after 100,000 items. With
//! `--backfill`, instead of all that: puts while so many items are brought into an index. With
//! `--streams`: what a stream costs its table's puts, and how fast it is read. With `--expiry`:
//! requests while so many items are removed that expired all at once. With `--size`: how all that
//! changes while a table grows to so many items.

mod backfill;
mod expiry;
mod footprint;
mod size;
mod streams;
mod table;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use testkit::load::data::{Call, create_table};
use testkit::load::{ITEMS, Measured, Scenario};
use testkit::process::{Launch, Server};
use tokio::runtime::Runtime;

use self::backfill::Backfill;
use self::footprint::Footprint;
use self::streams::Streamed;
use self::table::{Row, Target};
use crate::{release, target_directory};

/// Connections that are measured; a hot counter needs rivals.
const CONNECTIONS: [usize; 2] = [1, 32];
/// Connections that write the bench's items.
const FILL_CONNECTIONS: usize = 8;

/// What to measure, and for how long.
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// Rounds of each figure; the median counts.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// The length of one run, in milliseconds.
    #[arg(long, default_value_t = 1000)]
    pub milliseconds: u64,
    /// Only these scenarios.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Scenario>,
    /// Measure puts while so many items are backfilled, and nothing else.
    #[arg(long, value_name = "ITEMS")]
    pub backfill: Option<usize>,
    /// Measure streams, and nothing else.
    #[arg(long, conflicts_with = "backfill")]
    pub streams: bool,
    /// Measure how soon so many items go that expire at once, and the latencies meanwhile, and
    /// nothing else.
    #[arg(long, value_name = "ITEMS", conflicts_with_all = ["backfill", "streams"])]
    pub expiry: Option<usize>,
    /// Load so many items, measure at each size on the way, and nothing else.
    #[arg(long, value_name = "ITEMS", conflicts_with_all = ["backfill", "streams", "expiry"])]
    pub size: Option<usize>,
    /// The `--memory` of the server that is loaded.
    #[arg(long, value_name = "BYTES", requires = "size")]
    pub memory: Option<String>,
    /// Also write the figures to this file.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// The built programs and a place for data.
struct Rig {
    stator: PathBuf,
    echo: PathBuf,
    load: PathBuf,
    scratch: PathBuf,
    runtime: Runtime,
}

/// Measures, prints the table, and writes the file that was asked for.
#[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
pub fn run(root: &Path, arguments: &BenchArguments) -> anyhow::Result<ExitCode> {
    let rig = Rig::build(root)?;
    let targets = [Target::Durable, Target::Memory].into_iter();
    if arguments.streams {
        let measured = targets.map(|target| rig.streams(target, arguments));
        let measured: Vec<Streamed> = measured.collect::<Result<_, _>>()?;
        measured.iter().for_each(|streamed| println!("{streamed}"));
        let figures: Value = measured.iter().map(Streamed::to_json).collect();
        return write_figures(arguments, &json!({"streams": figures}));
    }
    if let Some(items) = arguments.backfill {
        let measured = targets.map(|target| rig.backfill(target, items, arguments));
        let measured: Vec<Backfill> = measured.collect::<Result<_, _>>()?;
        measured.iter().for_each(|backfill| println!("{backfill}"));
        let figures: Value = measured.iter().map(Backfill::to_json).collect();
        return write_figures(arguments, &json!({"backfill": figures}));
    }
    if let Some(items) = arguments.expiry {
        let figures = rig.expiries(items, arguments)?;
        return write_figures(arguments, &json!({"expiry": figures}));
    }
    if let Some(items) = arguments.size {
        let figures = rig.sizes(items, arguments)?;
        return write_figures(arguments, &json!({"size": figures}));
    }
    let rows = rig.speed(arguments)?;
    let footprints = [rig.footprint(Target::Durable)?, rig.footprint(Target::Memory)?];
    println!("{}", table::head());
    rows.iter().for_each(|row| println!("{row}"));
    footprints.iter().for_each(|footprint| println!("{footprint}"));
    let figures = json!({
        "speed": rows.iter().map(Row::to_json).collect::<Value>(),
        "footprint": footprints.iter().map(Footprint::to_json).collect::<Value>(),
    });
    write_figures(arguments, &figures)
}

fn write_figures(arguments: &BenchArguments, figures: &Value) -> anyhow::Result<ExitCode> {
    if let Some(file) = &arguments.json {
        fs::write(file, format!("{figures:#}\n")).with_context(|| file.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Rig {
    fn build(root: &Path) -> anyhow::Result<Self> {
        let binaries = release::build(root)?;
        let scratch = target_directory(root)?.join("xtask").join("bench");
        if scratch.exists() {
            fs::remove_dir_all(&scratch)?;
        }
        fs::create_dir_all(&scratch)?;
        Ok(Self {
            stator: binaries.join("stator"),
            echo: binaries.join("echo"),
            load: binaries.join("load"),
            scratch,
            runtime: Runtime::new()?,
        })
    }

    fn speed(&self, arguments: &BenchArguments) -> anyhow::Result<Vec<Row>> {
        let echo = self.launch(Target::Echo, "speed").start()?;
        let durable = self.start_filled(Target::Durable)?;
        let memory = self.start_filled(Target::Memory)?;
        let addresses = [echo.address(), durable.address(), memory.address()];
        let mut rows = Vec::new();
        for &scenario in Scenario::value_variants() {
            if !arguments.only.is_empty() && !arguments.only.contains(&scenario) {
                continue;
            }
            for connections in CONNECTIONS {
                if scenario != Scenario::HotCounter || connections > 1 {
                    let run = |address| self.drive(address, scenario, connections, arguments);
                    rows.push(Row::new(scenario, connections, rounds(arguments, addresses, run)?));
                }
            }
        }
        Ok(rows)
    }

    /// A server with the bench's items.
    fn start_filled(&self, target: Target) -> anyhow::Result<Server> {
        let server = self.launch(target, "speed").start()?;
        self.fill(&server, ITEMS)?;
        Ok(server)
    }

    fn fill(&self, server: &Server, items: usize) -> anyhow::Result<()> {
        self.fill_table(server, create_table(), items)
    }

    fn fill_table(&self, server: &Server, table: Call, items: usize) -> anyhow::Result<()> {
        self.call(server, table)?;
        let items = items.to_string();
        self.load(server.address(), FILL_CONNECTIONS, &["fill", &items])?;
        Ok(())
    }

    fn call(&self, server: &Server, (operation, input): Call) -> anyhow::Result<Value> {
        self.runtime.block_on(async {
            let mut connection = server.connect().await?;
            connection.expect(operation, &input).await
        })
    }

    fn drive(
        &self,
        address: SocketAddr,
        scenario: Scenario,
        connections: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Measured> {
        let milliseconds = arguments.milliseconds.to_string();
        self.measure(address, connections, &["drive", &table::name(scenario), &milliseconds])
    }

    /// Runs the generator, which answers with what it measured.
    fn measure(
        &self,
        address: SocketAddr,
        connections: usize,
        task: &[&str],
    ) -> anyhow::Result<Measured> {
        let printed = self.load(address, connections, task)?;
        let json = serde_json::from_str(&printed)?;
        Measured::from_json(&json).with_context(|| format!("the generator said {printed}"))
    }

    /// Runs the generator; answers with what it printed.
    fn load(&self, to: SocketAddr, connections: usize, task: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(&self.load)
            .args(["--address", &to.to_string(), "--connections", &connections.to_string()])
            .args(task)
            .output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{task:?} failed: {complaint}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// How to start `target` with data of its own for `purpose`.
    fn launch(&self, target: Target, purpose: &str) -> Launch {
        let log = self.scratch.join(format!("{target}-{purpose}.log"));
        match target {
            Target::Echo => Launch::new(&self.echo, [], &log),
            Target::Memory => Launch::in_memory(&self.stator, &log),
            Target::Durable => {
                Launch::durable(&self.stator, &self.scratch.join(purpose).join("data"), &log)
            }
        }
    }
}

/// Alternates between the servers, so that the machine's moods meet all of them.
fn rounds(
    arguments: &BenchArguments,
    addresses: [SocketAddr; 3],
    run: impl Fn(SocketAddr) -> anyhow::Result<Measured>,
) -> anyhow::Result<Vec<[Measured; 3]>> {
    let round = |_| {
        let [echo, durable, memory] = addresses;
        Ok([run(echo)?, run(durable)?, run(memory)?])
    };
    (0..arguments.rounds).map(round).collect()
}
