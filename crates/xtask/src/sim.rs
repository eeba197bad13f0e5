//! `cargo xtask sim`: the simulator, built and run as a program of its own, so that no other command
//! compiles the server for it.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Context;
use clap::Args;

/// Which seeds. `cargo xtask sim --seed N` prints what happens, `--seeds COUNT` and `--full` run many.
#[derive(Debug, Args)]
pub struct SimArguments {
    /// What the simulator takes; `-- --help` lists it.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs the simulator, optimised.
///
/// # Errors
/// It cannot be built.
pub fn run(root: &Path, options: &SimArguments) -> anyhow::Result<ExitCode> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--release", "--package", "stator-sim", "--bin", "sim", "--"]);
    let status = cargo.args(&options.arguments).current_dir(root).status().context("cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
