//! The release build, for what is measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;

use crate::target_directory;

/// Builds the server and the load generator; answers with the folder they are in.
pub(crate) fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let built = Command::new("cargo")
        .args(["build", "--release", "--bins", "-p", "stator", "-p", "stator-testkit"])
        .current_dir(root)
        .status()?;
    ensure!(built.success(), "the release does not build");
    Ok(target_directory(root)?.join("release"))
}
