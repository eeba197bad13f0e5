//! Crash rounds on the real binary: load, a cut in its midst, a restart, and the books.
//!
//! A round starts the server over the data that the last round left, drives it with concurrent
//! [`workload`] clients, and ends it with SIGKILL once a seeded number of operations was
//! acknowledged, while others are in flight. After the restart everything is read back
//! ([`observed`]) and held against what the clients were told ([`history`]):
//! - each acknowledged write is there, and nothing that was not written;
//! - each transaction is there whole or not at all, and money is neither made nor lost;
//! - each index equals the one recomputed from its table;
//! - counters are at least what was acknowledged, and at most what was asked;
//! - each table's stream, read from its beginning across all shards, tells how the table came to
//!   be: nothing is lost, doubled or out of order ([`streams`]).
//!
//! In each round an index comes to a table, or goes from it ([`archive`]); the restarted server
//! finishes what the cut left of that, and the index counts as every other one.
//!
//! A [`Cut`] is a killed process, or a power cut: the data directory is then replaced by what
//! [`powercut`] says was synced. A server whose syncs are ignored must fail, or the rig is blind.
//!
//! The seed fixes what the clients do and when the cut comes, as far as a schedule can be fixed.

pub mod archive;
pub mod history;
pub mod observed;
pub mod streams;
pub mod tables;
pub mod transfer;
pub mod workload;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use powercut::Shadow;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

use self::history::History;
use self::observed::Observed;
use self::workload::{Client, Progress};
use crate::process::{Launch, Server};

/// How long a round's load may take before the server counts as hung.
const LOAD_MAX: Duration = Duration::from_secs(120);
/// How long a shard of a stream takes changes: several follow each other in a round.
const SHARD_AGE: &str = "1s";
/// A cut comes after at least and at most so many acknowledged operations.
const ACKNOWLEDGED_BEFORE_CUT: std::ops::Range<u64> = 300..6000;

/// What happens to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// `kill -9`: what was written to files stays, synced or not.
    Process,
    /// Power goes: only what was synced stays.
    Power,
    /// Power goes, and the disk has ignored every sync of the round.
    PowerWithoutSync,
}

/// A series of rounds.
#[derive(Debug)]
pub struct CrashRounds {
    /// The server.
    pub binary: PathBuf,
    /// The library of `powercut`; unused by [`Cut::Process`].
    pub preload: PathBuf,
    /// An empty directory for data and logs.
    pub home: PathBuf,
    /// One cut a round.
    pub cuts: Vec<Cut>,
    /// Concurrent clients.
    pub clients: usize,
    /// Of everything random.
    pub seed: u64,
}

/// What became of the promises in a series of rounds.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every promise was kept.
    Held(Compared),
    /// Promises were broken in a round, counted from 0.
    Broken {
        /// The first such round.
        round: usize,
        /// Every broken promise, as a sentence.
        violations: Vec<String>,
    },
}

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Acknowledged operations of all rounds.
    pub acknowledged: u64,
    /// Records of the streams at the end.
    pub records: u64,
    /// Shards of the streams at the end.
    pub shards: usize,
}

/// Runs the rounds of `plan`, up to the first that breaks a promise.
///
/// # Errors
/// A server that does not start, hangs, or answers what it never should.
pub async fn run(plan: &CrashRounds) -> anyhow::Result<Verdict> {
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let mut history = History::default();
    let mut books = Compared::default();
    fs::create_dir_all(plan.live())?;
    for (round, cut) in plan.cuts.iter().enumerate() {
        let when = || format!("round {round}, seed {}", plan.seed);
        books.acknowledged +=
            load_and_cut(plan, *cut, &mut history, &mut rng).await.with_context(when)?;
        let observed = read_back(plan).await.with_context(when)?;
        let violations = history.violations(&observed);
        if !violations.is_empty() {
            return Ok(Verdict::Broken { round, violations });
        }
        books.records = observed.streams.iter().map(|stream| stream.records).sum();
        books.shards = observed.streams.iter().map(|stream| stream.shards).sum();
        history.settle(observed);
    }
    Ok(Verdict::Held(books))
}

impl CrashRounds {
    /// The directory that a cut leaves or rewrites: data, and whatever lies beside it.
    fn live(&self) -> PathBuf {
        self.home.join("live")
    }

    fn shadow(&self) -> PathBuf {
        self.home.join("shadow")
    }

    fn launch(&self) -> Launch {
        let log = self.home.join("server.log");
        let mut launch = Launch::durable(&self.binary, &self.live().join("data"), &log);
        launch.arguments.extend(["--stream-shard-age", SHARD_AGE].map(Into::into));
        launch
    }

    /// The launch whose file calls are watched, unless only the process is cut.
    fn watched_launch(&self, cut: Cut) -> anyhow::Result<Launch> {
        let mut launch = self.launch();
        if cut != Cut::Process {
            remove_if_there(&self.shadow())?;
            Shadow::seed(&self.live(), &self.shadow())?;
            let sync = if cut == Cut::Power { "honest" } else { "ignored" };
            launch.environment = vec![
                ("LD_PRELOAD".into(), self.preload.clone().into()),
                ("STATOR_POWERCUT_ROOT".into(), self.live().into()),
                ("STATOR_POWERCUT_SHADOW".into(), self.shadow().into()),
                ("STATOR_POWERCUT_SYNC".into(), sync.into()),
            ];
        }
        Ok(launch)
    }

    /// Leaves in the live directory what the cut leaves.
    fn apply(&self, cut: Cut) -> anyhow::Result<()> {
        if cut != Cut::Process {
            remove_if_there(&self.live())?;
            Shadow::survivors(&self.shadow(), &self.live())?;
        }
        Ok(())
    }
}

/// One round's load, up to the cut; answers with the number of acknowledged operations.
async fn load_and_cut(
    plan: &CrashRounds,
    cut: Cut,
    history: &mut History,
    rng: &mut StdRng,
) -> anyhow::Result<u64> {
    let server = plan.watched_launch(cut)?.start()?;
    tables::create_missing(&mut server.connect().await?).await?;
    archive::create_missing(&mut server.connect().await?).await?;
    let archivist = tokio::spawn(archive::churn(server.connect().await?, rng.random()));
    let progress = Arc::new(Progress::new(rng.random_range(ACKNOWLEDGED_BEFORE_CUT)));
    let mut clients = JoinSet::new();
    for number in 0..plan.clients {
        let connection = server.connect().await?;
        let known = history.of_client(number);
        let client = Client::new(number, rng.random(), known, Arc::clone(&progress));
        clients.spawn(client.run(connection));
    }
    kill_when_reached(server, &progress, &mut clients).await?;
    while let Some(known) = clients.join_next().await {
        history.merge(known??);
    }
    archivist.await??;
    plan.apply(cut)?;
    Ok(progress.acknowledged())
}

async fn kill_when_reached<T: 'static>(
    server: Server,
    progress: &Progress,
    clients: &mut JoinSet<anyhow::Result<T>>,
) -> anyhow::Result<()> {
    tokio::select! {
        () = progress.reached() => server.kill().context("kill -9"),
        // A client ends before the cut only when something is wrong.
        Some(ended) = clients.join_next() => match ended? {
            Err(error) => Err(error),
            Ok(_) => bail!("the server closed a connection under load"),
        },
        () = tokio::time::sleep(LOAD_MAX) => bail!("the server hangs under load"),
    }
}

async fn read_back(plan: &CrashRounds) -> anyhow::Result<Observed> {
    let server = plan.launch().start().context("restarting after the cut")?;
    let mut observed = Observed::read(&mut server.connect().await?).await?;
    observed.indexes.extend(archive::read(&mut server.connect().await?).await?);
    server.stop()?;
    Ok(observed)
}

fn remove_if_there(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}
