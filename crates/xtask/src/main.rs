//! `cargo xtask`: everything a developer does, as one command. `cargo xtask --help` lists it.

use std::process::ExitCode;

use clap::Parser;

use stator_xtask::{Task, workspace_root};

fn main() -> anyhow::Result<ExitCode> {
    Task::parse().run(&workspace_root()?)
}
