//! `cargo xtask test`: everything that proves Stator, in one command.
//!
//! The [`suites`] table names what runs; [`rust`], [`clients`], [`crashes`], [`faults`] and [`fuzz`]
//! know how. All of it, but for the fuzz targets, uses one build of one profile, and the real
//! binary. A suite whose tools are absent is skipped with a line that says so; under CI only what
//! `ci/allowed-skips.txt` names may be. The last line is always `N passed, N failed, N skipped`.

pub mod clients;
pub mod crashes;
pub mod faults;
pub mod fuzz;
pub mod report;
pub mod rust;
pub mod suites;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use clap::Args;
use tokio::runtime::Runtime;

use self::report::{Report, Tally};
use self::suites::{Run, SUITES, Suite};
use crate::target_directory;

/// What to run.
#[derive(Debug, Args)]
pub struct TestArguments {
    /// A hundred crash rounds of each kind instead of ten, every file call failed, and the fuzz
    /// targets.
    #[arg(long)]
    pub full: bool,
    /// Only suites whose name contains this.
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// The seed of the crash rounds; a new one each time, and printed, when absent.
    #[arg(long)]
    pub seed: Option<u64>,
    /// A release build instead of the profile that development and CI share.
    #[arg(long)]
    pub release: bool,
}

/// What every suite may need.
#[derive(Debug)]
pub struct Setup {
    /// The workspace.
    pub root: PathBuf,
    /// The profile of everything that is built.
    pub profile: &'static str,
    /// Where cargo put the binaries.
    pub binaries: PathBuf,
    /// For installed clients, data and logs; below cargo's target directory.
    pub scratch: PathBuf,
    /// Whether all of it is to run that there is.
    pub full: bool,
    /// Crash rounds of each kind.
    pub rounds: usize,
    /// The seed of the crash rounds.
    pub seed: u64,
    /// Drives servers.
    pub runtime: Runtime,
}

/// Runs what `arguments` ask for, and prints the table.
pub fn run(root: &Path, arguments: &TestArguments) -> anyhow::Result<ExitCode> {
    let target = target_directory(root)?;
    let (profile, folder) =
        if arguments.release { ("release", "release") } else { ("dev", "debug") };
    let setup = Setup {
        root: root.to_path_buf(),
        profile,
        binaries: target.join(folder),
        scratch: target.join("xtask"),
        full: arguments.full,
        rounds: if arguments.full { 100 } else { 10 },
        seed: arguments.seed.unwrap_or_else(new_seed),
        runtime: Runtime::new()?,
    };
    fs::create_dir_all(&setup.scratch)?;
    let mut report = Report::new(root)?;
    report.say(&format!("crash rounds use --seed {}", setup.seed));
    build(&setup)?;
    for suite in SUITES.iter().filter(|suite| is_wanted(suite, arguments)) {
        report.begin(suite.name);
        let begun = Instant::now();
        let tally = match suite.missing_tool() {
            Some(tool) => Ok(Tally::skip(format!("{tool} is not installed"))),
            None => run_one(&setup, suite),
        };
        report.end(suite.name, tally, begun.elapsed());
    }
    Ok(report.finish())
}

impl Setup {
    /// The server.
    pub fn stator(&self) -> PathBuf {
        self.binaries.join("stator")
    }

    /// The library that stands in front of the file calls.
    pub fn preload(&self) -> PathBuf {
        self.binaries.join("examples").join("libpreload.so")
    }

    /// An empty folder for one suite.
    pub fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

fn run_one(setup: &Setup, suite: &Suite) -> anyhow::Result<Tally> {
    match &suite.run {
        Run::Workspace => rust::run_workspace(setup),
        Run::Example(name) => rust::run_example(setup, name),
        Run::Client(client, server) => clients::run(setup, suite.name, client, *server),
        Run::Crash(cut) => crashes::run(setup, suite.name, *cut),
        Run::Fuzz(target) => fuzz::run(setup, suite.name, target),
        Run::CrashBlindness => crashes::run_without_sync(setup, suite.name),
        Run::Faults => faults::run(setup, suite.name),
        Run::CutRotations => faults::run_rotations(setup, suite.name),
        Run::FullDisk => faults::run_full_disk(setup, suite.name),
    }
}

fn is_wanted(suite: &Suite, arguments: &TestArguments) -> bool {
    match &arguments.only {
        Some(only) => suite.name.contains(only.as_str()),
        None => arguments.full || !matches!(suite.run, Run::Fuzz(_)),
    }
}

/// Builds every binary and example with the features that `cargo test --workspace` gives them, so
/// that nothing is compiled twice.
fn build(setup: &Setup) -> anyhow::Result<()> {
    let built = Command::new("cargo")
        .args(["build", "--workspace", "--bins", "--examples", "--profile", setup.profile])
        .current_dir(&setup.root)
        .status()
        .context("cargo build")?;
    ensure!(built.success(), "the workspace does not build");
    Ok(())
}

fn new_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Short enough to be typed again.
    u64::from(now.subsec_nanos())
}
