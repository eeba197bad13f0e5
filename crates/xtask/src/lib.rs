//! Development only: what a developer does, one subcommand each.
//!
//! - `codegen` makes `wire`'s constraint table of the service model ([`codegen`]).
//! - `tidy` holds the tree against the house rules ([`tidy`]).
//!
//! What it is not: nothing here ships, and nothing here knows what an operation means.

pub mod codegen;
pub mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

/// A developer's command.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Everything a developer of Stator does, as one command")]
pub enum Task {
    /// Generate the constraint table from the service model.
    Codegen,
    /// Hold the tree against the house rules: rooms, lengths, dependencies, documents.
    Tidy,
}

impl Task {
    /// Carries the command out in the workspace at `root`.
    pub fn run(self, root: &Path) -> anyhow::Result<ExitCode> {
        match self {
            Self::Codegen => codegen::run(root),
            Self::Tidy => tidy::run(root),
        }
    }
}

/// The folder of the workspace's Cargo.toml, found from this crate's own.
pub fn workspace_root() -> anyhow::Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.ancestors().nth(2).context("this crate lies two folders below the root")?;
    Ok(root.to_path_buf())
}
