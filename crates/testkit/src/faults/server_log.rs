//! What a server printed.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

/// The last line says why the server ended, and nothing panicked.
pub(super) fn says_why(log: &Path) -> anyhow::Result<()> {
    is_calm(log)?;
    let printed = read(log)?;
    let last = printed.lines().last().unwrap_or_default();
    ensure!(last.starts_with("stator: "), "the last line does not say why: {printed}");
    Ok(())
}

/// Nothing panicked.
pub(super) fn is_calm(log: &Path) -> anyhow::Result<()> {
    let printed = read(log)?;
    ensure!(!printed.contains("panicked"), "the server panicked: {printed}");
    Ok(())
}

/// How many lines contain `text`.
pub(super) fn mentions(log: &Path, text: &str) -> anyhow::Result<usize> {
    Ok(read(log)?.lines().filter(|line| line.contains(text)).count())
}

fn read(log: &Path) -> anyhow::Result<String> {
    fs::read_to_string(log).with_context(|| log.display().to_string())
}
