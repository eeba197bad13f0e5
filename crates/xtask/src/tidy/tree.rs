//! The workspace as the checks see it: its text files, and what `cargo metadata` says.

use std::fs;
use std::path::Path;

use anyhow::Context;
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// Folders that hold what tools made, never what somebody wrote; .gitignore names the same.
const MADE_BY_TOOLS: &[&str] =
    &["target", "node_modules", ".venv", "__pycache__", ".pytest_cache", "stator-data", ".git"];

/// What the checks read: loaded once, so that they stay pure.
#[derive(Debug)]
pub struct Tree {
    /// Every UTF-8 file, sorted by path.
    pub files: Vec<SourceFile>,
    /// The workspace's own packages.
    pub packages: Vec<Package>,
}

/// One text file.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the root, with forward slashes.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Tree {
    /// Reads the workspace at `root`, without touching the network.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .no_deps()
            .exec()
            .context("cargo metadata")?;
        let mut files = Vec::new();
        collect(root, root, &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files, packages: own_packages(metadata) })
    }

    /// The text of the file at `path`.
    pub fn text(&self, path: &str) -> Option<&str> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        Some(&self.files[at].text)
    }

    /// The files below `folder`.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a SourceFile> {
        self.files.iter().filter(move |file| {
            file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }
}

/// The folder of a package's manifest, by its last component.
pub fn folder(package: &Package) -> &str {
    package.manifest_path.parent().and_then(|folder| folder.file_name()).unwrap_or_default()
}

fn own_packages(metadata: Metadata) -> Vec<Package> {
    let mut packages = metadata.packages;
    packages.sort_by(|a, b| a.manifest_path.cmp(&b.manifest_path));
    packages
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        if MADE_BY_TOOLS.iter().any(|made| name == *made) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(text) = fs::read_to_string(&path) {
            let relative = path.strip_prefix(root).context("a walk stays below its root")?;
            let path = relative.to_string_lossy().replace('\\', "/");
            files.push(SourceFile { path, text });
        }
    }
    Ok(())
}
