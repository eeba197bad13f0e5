//! The release build, for what is measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;

use crate::target_directory;

/// Builds the server and the load generator; answers with the folder they are in.
pub(crate) fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    for (name, _) in std::env::vars_os() {
        // Cargo tells this command about its own package. Build scripts look at such variables, so
        // passing them on would build once more what the same command on a shell has built.
        if let Some(name) = name.to_str().filter(|name| is_of_a_package(name)) {
            cargo.env_remove(name);
        }
    }
    let built = cargo
        .args(["build", "--release", "--bins", "-p", "stator", "-p", "stator-testkit"])
        .current_dir(root)
        .status()?;
    ensure!(built.success(), "the release does not build");
    Ok(target_directory(root)?.join("release"))
}

fn is_of_a_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| variable.starts_with(start))
}
