//! Fault rounds on the real binary: load on a disk whose calls fail.
//!
//! A round starts the server over a copy of one prepared directory, with [`powercut`]'s library in
//! front of the file calls, and has one of them fail, drives it with the clients of the crash
//! rounds, waits until it takes writes again, ends it and looks at what a restart over a sound disk
//! finds:
//! - a server that does not start says why in its last line;
//! - a running one answers, or says that it failed; it never ends, and no answer is wrong;
//! - it takes writes again by itself once the call does not fail any more;
//! - every acknowledged write is there, and none that was said to have failed.
//!
//! [`Prepared::round`] fails one call, [`Prepared::full_disk`] all that need room, until there is
//! some. [`rotation`] cuts `stator keys rotate` off, at each of its calls.

pub mod rotation;
mod server_log;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::crash::history::History;
use crate::crash::observed::Observed;
use crate::crash::tables;
use crate::crash::workload::{Client, Progress, Reply};
use crate::load::data::create_table;
use crate::load::large;
use crate::process::{Launch, Server};

/// Steps of a client in a round.
const STEPS: u64 = 40;
/// Clients of a round.
const CLIENTS: usize = 4;
/// How long a server may take to write again on a disk that works again.
const RECOVERY_MAX: Duration = Duration::from_secs(30);
/// How often it is tried.
const RECOVERY_POLL: Duration = Duration::from_millis(20);

/// How often the disk is full in a flood, when it is for the first time, and at the latest.
const FLOODS: u32 = 6;
const FLOOD_BEFORE_FULL: Duration = Duration::from_millis(150);
const FLOOD_MAX: Duration = Duration::from_secs(60);
/// The least, so that tables are written often and little room has to be there.
const MEMORY: &str = "64MiB";

/// How a file call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// EIO.
    Error,
    /// ENOSPC.
    NoSpace,
    /// A write is done by half; another call fails with EIO.
    Tear,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Error, Self::NoSpace, Self::Tear];

    fn name(self) -> &'static str {
        match self {
            Self::Error => "eio",
            Self::NoSpace => "enospc",
            Self::Tear => "tear",
        }
    }
}

/// Where a round's fault became visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultShown {
    /// The server did not start.
    AtStart,
    /// Operations failed.
    InAnswers,
    /// Nobody noticed.
    Nowhere,
}

/// A series of rounds.
#[derive(Debug)]
pub struct FaultRounds {
    /// The server.
    pub binary: PathBuf,
    /// The library of `powercut`.
    pub preload: PathBuf,
    /// An empty directory for data and logs.
    pub home: PathBuf,
    /// Of everything random.
    pub seed: u64,
}

/// A directory that every round starts from, and what is in it.
#[derive(Debug)]
pub struct Prepared {
    plan: FaultRounds,
    history: History,
    /// How many file calls a round makes, from start to end.
    pub calls: u64,
}

impl FaultRounds {
    /// Fills the directory, and counts the calls of a round in which none fails.
    ///
    /// # Errors
    /// A server that does not do on a sound disk what it should.
    pub async fn prepare(self) -> anyhow::Result<Prepared> {
        let launch = Launch::durable(
            &self.binary,
            &self.template().join("data"),
            &self.home.join("template.log"),
        );
        fs::create_dir_all(self.template())?;
        let server = launch.start()?;
        tables::create_missing(&mut server.connect().await?).await?;
        let mut rng = self.rng(0);
        let mut history = History::default();
        load(&server, &mut history, &mut rng).await?;
        server.stop()?;
        let mut prepared = Prepared { plan: self, history, calls: 0 };
        prepared.round(None).await.context("a round without a fault")?;
        let calls = fs::read_to_string(prepared.plan.calls()).context("the number of calls")?;
        prepared.calls = calls.parse()?;
        Ok(prepared)
    }

    /// No two of a series are alike, so that no two loads do the same.
    fn rng(&self, number: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_add(number))
    }

    fn template(&self) -> PathBuf {
        self.home.join("template")
    }

    fn live(&self) -> PathBuf {
        self.home.join("live")
    }

    fn calls(&self) -> PathBuf {
        self.home.join("calls")
    }

    fn full(&self) -> PathBuf {
        self.home.join("full")
    }

    fn launch(&self) -> Launch {
        let (data, log) = (self.live().join("data"), self.home.join("server.log"));
        let mut launch = Launch::durable(&self.binary, &data, &log);
        launch.arguments.extend(["--memory".into(), MEMORY.into()]);
        launch
    }
}

impl Prepared {
    /// One round in which call `at` fails, or none.
    ///
    /// # Errors
    /// Every broken promise.
    pub async fn round(&self, fault: Option<(u64, FaultKind)>) -> anyhow::Result<FaultShown> {
        let mut launch = self.fresh_launch()?;
        if let Some((at, kind)) = fault {
            set(&mut launch, "STATOR_FAULT_AT", at.to_string());
            set(&mut launch, "STATOR_FAULT_KIND", kind.name());
        }
        let mut history = self.history.clone();
        let met = match launch.start() {
            Err(_) => {
                server_log::says_why(&launch.log)?;
                FaultShown::AtStart
            }
            Ok(server) => {
                let mut rng = self.plan.rng(1 + fault.map_or(0, |(at, _)| at));
                let failed = load(&server, &mut history, &mut rng).await?;
                write_again(&server, &mut history).await?;
                end(server, &launch.log)?;
                if failed > 0 { FaultShown::InAnswers } else { FaultShown::Nowhere }
            }
        };
        self.check(history).await?;
        Ok(met)
    }

    /// A round in which the disk is full in the midst of the load, and has room again later.
    ///
    /// # Errors
    /// Every broken promise.
    pub async fn full_disk(&self) -> anyhow::Result<()> {
        let launch = self.fresh_launch()?;
        let mut rng = self.plan.rng(1);
        let mut history = self.history.clone();
        let server = launch.start()?;
        load(&server, &mut history, &mut rng).await?;
        fs::write(self.plan.full(), "")?;
        let refused = load(&server, &mut history, &mut rng).await?;
        ensure!(refused > 0, "a full disk took every write");
        Observed::read(&mut server.connect().await?).await.context("reading on a full disk")?;
        ensure!(server_log::mentions(&launch.log, "read-only")? == 1, "the log says it once");
        fs::remove_file(self.plan.full())?;
        write_again(&server, &mut history).await?;
        let refused = load(&server, &mut history, &mut rng).await?;
        ensure!(refused == 0, "{refused} operations failed with room on the disk");
        end(server, &launch.log)?;
        self.check(history).await
    }

    /// Rounds in each of which the disk is full at another moment of a flood of large items, while
    /// tables are written out and merged.
    ///
    /// # Errors
    /// Every broken promise.
    pub async fn full_disk_in_a_flood(&self) -> anyhow::Result<()> {
        let launch = self.fresh_launch()?;
        let mut history = self.history.clone();
        let server = launch.start()?;
        let (operation, input) = create_table();
        server.connect().await?.expect(operation, &input).await?;
        for round in 1..=FLOODS {
            let flood = tokio::spawn(large::drive(server.address(), CLIENTS, FLOOD_MAX));
            sleep(FLOOD_BEFORE_FULL * round).await;
            fs::write(self.plan.full(), "")?;
            let ended = flood.await?.err().context("a full disk took every write")?;
            ensure!(ended.to_string().contains("answered 500"), "{ended:#}");
            Observed::read(&mut server.connect().await?).await.context("reading on a full disk")?;
            fs::remove_file(self.plan.full())?;
            write_again(&server, &mut history).await?;
        }
        load(&server, &mut history, &mut self.plan.rng(1)).await?;
        end(server, &launch.log)?;
        self.check(history).await
    }

    /// A start over a copy of the directory, with the library in front.
    fn fresh_launch(&self) -> anyhow::Result<Launch> {
        self.refresh()?;
        let live = self.plan.live();
        let mut launch = self.plan.launch();
        set(&mut launch, "LD_PRELOAD", &self.plan.preload);
        set(&mut launch, "STATOR_POWERCUT_ROOT", &live);
        set(&mut launch, "STATOR_FAULT_CALLS", self.plan.calls());
        set(&mut launch, "STATOR_FAULT_FULL", self.plan.full());
        Ok(launch)
    }

    /// What a restart over a sound disk finds. What was said to have failed must not be there.
    async fn check(&self, mut history: History) -> anyhow::Result<()> {
        history.deny_doubts();
        let server = self.plan.launch().start().context("restarting over a sound disk")?;
        let observed = Observed::read(&mut server.connect().await?).await?;
        server.stop()?;
        let violations = history.violations(&observed);
        ensure!(violations.is_empty(), "{}", violations.join("\n"));
        Ok(())
    }
}

/// Drives the server with all clients; answers with the number of operations that failed.
async fn load(server: &Server, history: &mut History, rng: &mut StdRng) -> anyhow::Result<u64> {
    let mut clients = JoinSet::new();
    let progress = Arc::new(Progress::new(u64::MAX));
    for number in 0..CLIENTS {
        let mut connection = server.connect().await?;
        let known = history.of_client(number);
        let mut client = Client::new(number, rng.random(), known, Arc::clone(&progress));
        clients.spawn(async move {
            let mut failed = 0;
            for _ in 0..STEPS {
                match client.step(&mut connection).await? {
                    Reply::Acknowledged | Reply::Refused => {}
                    Reply::Failed => failed += 1,
                    Reply::Gone => bail!("the server is gone"),
                }
            }
            Ok((client.into_known(), failed))
        });
    }
    let mut failed = 0;
    while let Some(done) = clients.join_next().await {
        let (known, failures) = done??;
        history.merge(known);
        failed += failures;
    }
    Ok(failed)
}

/// Waits until the server takes writes.
async fn write_again(server: &Server, history: &mut History) -> anyhow::Result<()> {
    let known = history.of_client(CLIENTS);
    let mut client = Client::new(CLIENTS, 0, known, Arc::new(Progress::new(u64::MAX)));
    let mut connection = server.connect().await?;
    let writing = async {
        loop {
            match client.put(&mut connection).await? {
                Reply::Failed => sleep(RECOVERY_POLL).await,
                Reply::Gone => bail!("the server is gone"),
                _ => return Ok(()),
            }
        }
    };
    timeout(RECOVERY_MAX, writing).await.context("the server takes no writes")??;
    history.merge(client.into_known());
    Ok(())
}

/// Ends the server, which may fail if it says why.
fn end(mut server: Server, log: &Path) -> anyhow::Result<()> {
    if server.end()?.success() { server_log::is_calm(log) } else { server_log::says_why(log) }
}

fn set(launch: &mut Launch, name: &str, value: impl AsRef<std::ffi::OsStr>) {
    launch.environment.push((name.into(), value.as_ref().into()));
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("a name")?);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
