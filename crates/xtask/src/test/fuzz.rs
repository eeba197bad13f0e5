//! Fuzz targets, of the workspace of their own in `fuzz/`.
//!
//! cargo-fuzz asks for a nightly compiler, but without a sanitizer nothing it does needs one, and
//! there is no unsafe code of ours for a sanitizer to find fault with.

use std::process::Command;

use anyhow::{Context, bail};

use super::Setup;
use super::report::{Tally, print_end};

/// How long a target runs.
const RUN_SECONDS: u32 = 60;
/// Longest input: larger ones find the same more slowly.
const INPUT_BYTES_MAX: u32 = 4096;

/// Runs one target, from the inputs in `fuzz/seeds`. What it finds stays in the suite's folder,
/// with the input that a failure needs.
pub fn run(setup: &Setup, name: &str, target: &str) -> anyhow::Result<Tally> {
    let folder = setup.folder(name)?;
    let corpus = folder.join("corpus");
    std::fs::create_dir_all(&corpus)?;
    let mut fuzz = Command::new("cargo");
    fuzz.args(["fuzz", "run", "--fuzz-dir", "fuzz", "--sanitizer", "none", target])
        .arg(&corpus)
        .arg(setup.root.join("fuzz/seeds").join(target))
        .arg("--")
        .arg(format!("-max_total_time={RUN_SECONDS}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-artifact_prefix={}/", folder.display()))
        .env("CARGO_TARGET_DIR", setup.scratch.join("fuzz-target"))
        .current_dir(&setup.root);
    let output = fuzz.output().context("cargo fuzz")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let runs = said.lines().rev().find_map(|line| line.strip_prefix("Done "));
    match runs.filter(|_| output.status.success()) {
        Some(runs) => Ok(Tally { passed: 1, note: runs.to_owned(), ..Tally::default() }),
        None => {
            print_end(&said);
            bail!("{target} failed; its input is in {}", folder.display())
        }
    }
}
