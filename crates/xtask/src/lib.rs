//! Development only: what a developer does, one subcommand each.
//!
//! - [`bench`] measures speed, start-up and memory.
//! - [`chart`] draws what a bench has measured.
//! - [`codegen`] makes `wire`'s constraint table of the service model.
//! - [`sim`] runs the whole server in one thread, from seeds.
//! - [`soak`] drives a server for minutes and watches its memory and file handles.
//! - [`tidy`] holds the tree against the house rules.
//! - [`test`] runs everything that proves Stator, on the real binary.
//!
//! What it is not: nothing here ships, and nothing here knows what an operation means.

pub mod bench;
pub mod chart;
pub mod codegen;
mod release;
pub mod sim;
pub mod soak;
pub mod test;
pub mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use cargo_metadata::MetadataCommand;
use clap::Parser;

/// A developer's command.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Everything a developer of Stator does, as one command")]
pub enum Task {
    /// Generate the constraint table from the service model.
    Codegen,
    /// Hold the tree against the house rules: rooms, floors, lengths, dependencies, documents.
    Tidy(tidy::TidyArguments),
    /// Run everything: Rust tests, client suites, examples, crashes and power cuts.
    Test(test::TestArguments),
    /// Measure speed as shares of a bare echo server, start-up and memory.
    Bench(Box<bench::BenchArguments>),
    /// Draw what `bench --json` has measured.
    Chart(chart::ChartArguments),
    /// Run the whole server in one thread from one seed, or from many, and hold it against a model.
    Sim(sim::SimArguments),
    /// Drive a server for minutes, and fail if its memory or its file handles grow.
    Soak(soak::SoakArguments),
}

impl Task {
    /// Carries the command out in the workspace at `root`.
    pub fn run(self, root: &Path) -> anyhow::Result<ExitCode> {
        match self {
            Self::Codegen => codegen::run(root),
            Self::Tidy(options) => tidy::run(root, &options),
            Self::Test(options) => test::run(root, &options),
            Self::Bench(options) => bench::run(root, &options),
            Self::Chart(options) => chart::run(&options).map(|()| ExitCode::SUCCESS),
            Self::Sim(options) => sim::run(root, &options),
            Self::Soak(options) => soak::run(root, &options),
        }
    }
}

/// The folder of the workspace's Cargo.toml, found from this crate's own.
pub fn workspace_root() -> anyhow::Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.ancestors().nth(2).context("this crate lies two folders below the root")?;
    Ok(root.to_path_buf())
}

/// Where cargo puts what it builds.
fn target_directory(root: &Path) -> anyhow::Result<PathBuf> {
    let mut metadata = MetadataCommand::new();
    let metadata = metadata.manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    Ok(metadata.target_directory.into())
}
