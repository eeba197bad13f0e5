//! `cargo xtask soak`: load for minutes, and a look at memory and file handles every second.
//!
//! The table is filled first; then what the bench drives, and large items besides, run at once. It
//! fails when memory goes beyond `--memory`, or when memory or handles of the second half
//! are above what the first half had.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use testkit::load::data::create_table;
use testkit::load::{self, Scenario, large};
use testkit::process::{Launch, Server};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::{release, target_directory};

/// Connections of each kind of load.
const CONNECTIONS: usize = 4;
const FILL_CONNECTIONS: usize = 8;
/// What runs at once. Transactions have a turn of their own: a write of one of their items meanwhile
/// would be refused.
const TURNS: [&[Scenario]; 2] = [
    &[Scenario::Get, Scenario::Query, Scenario::Put, Scenario::Update, Scenario::HotCounter],
    &[Scenario::Get, Scenario::Query, Scenario::Transact],
];
/// Short, because the generator keeps a turn's latencies.
const TURN_LASTS: Duration = Duration::from_secs(5);
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// What the second half may have beyond the first without having grown.
const SLACK_MIB: u64 = 16;
const SLACK_HANDLES: u64 = 16;

/// How long and how much.
#[derive(Debug, Args)]
pub struct SoakArguments {
    /// How long the mixed load lasts.
    #[arg(long, default_value_t = 10)]
    pub minutes: u64,
    /// What the server is told to stay within, in MiB.
    #[arg(long, default_value_t = 512)]
    pub memory_mib: u64,
    /// Items in the table before the load begins.
    #[arg(long, default_value_t = 1_000_000)]
    pub items: usize,
}

/// The server's figures at one moment.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    mib: u64,
    handles: u64,
}

/// Runs it, and prints what was seen.
#[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
pub fn run(root: &Path, arguments: &SoakArguments) -> anyhow::Result<ExitCode> {
    let binaries = release::build(root)?;
    let home = target_directory(root)?.join("xtask").join("soak");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    let mut launch =
        Launch::durable(&binaries.join("stator"), &home.join("data"), &home.join("server.log"));
    launch.arguments.extend(["--memory".into(), format!("{}MiB", arguments.memory_mib).into()]);
    let server = launch.start()?;
    let runtime = Runtime::new()?;
    let filled = runtime.block_on(watched(&server, fill(&server, arguments.items)))?;
    println!("while {} items were written: {}", arguments.items, highest(&filled));
    let lasting = Duration::from_secs(arguments.minutes * 60);
    let samples = runtime.block_on(watched(&server, drive(&server, lasting)))?;
    server.stop()?;

    let (first, second) = samples.split_at(samples.len() / 2);
    let (first, second) = (highest(first), highest(second));
    println!("first half: {first}\nsecond half: {second}");
    let most = first.mib.max(second.mib).max(highest(&filled).mib);
    ensure!(most <= arguments.memory_mib, "{most} MiB is beyond --memory");
    ensure!(second.mib <= first.mib + SLACK_MIB, "memory grows");
    ensure!(second.handles <= first.handles + SLACK_HANDLES, "file handles grow");
    Ok(ExitCode::SUCCESS)
}

async fn fill(server: &Server, items: usize) -> anyhow::Result<()> {
    let (operation, input) = create_table();
    server.connect().await?.expect(operation, &input).await?;
    load::fill(server.address(), items, FILL_CONNECTIONS).await
}

async fn drive(server: &Server, lasting: Duration) -> anyhow::Result<()> {
    let address = server.address();
    let until = Instant::now() + lasting;
    for turn in TURNS.iter().cycle().take_while(|_| Instant::now() < until) {
        let mut running = JoinSet::new();
        for scenario in *turn {
            running.spawn(async move {
                load::drive(address, *scenario, CONNECTIONS, TURN_LASTS).await.map(drop)
            });
        }
        running.spawn(large::drive(address, CONNECTIONS, TURN_LASTS));
        while let Some(ended) = running.join_next().await {
            ended??;
        }
    }
    Ok(())
}

/// Looks at the server until `work` is done.
async fn watched(
    server: &Server,
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Vec<Sample>> {
    let mut work = std::pin::pin!(work);
    let mut ticks = interval(SAMPLE_EVERY);
    let mut samples = Vec::new();
    loop {
        tokio::select! {
            done = &mut work => return done.map(|()| samples),
            _ = ticks.tick() => samples.push(Sample::take(server)?),
        }
    }
}

fn highest(samples: &[Sample]) -> Sample {
    samples.iter().fold(Sample::default(), |most, sample| Sample {
        mib: most.mib.max(sample.mib),
        handles: most.handles.max(sample.handles),
    })
}

impl Sample {
    fn take(server: &Server) -> anyhow::Result<Self> {
        let handles = fs::read_dir(format!("/proc/{}/fd", server.id())).context("file handles")?;
        Ok(Self { mib: server.resident_bytes()? >> 20, handles: handles.count() as u64 })
    }
}

impl std::fmt::Display for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "at most {} MiB and {} file handles", self.mib, self.handles)
    }
}
