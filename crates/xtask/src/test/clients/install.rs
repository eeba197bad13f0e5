//! Each language's tools: which must be there, how they install what a client's lock file names,
//! and which program runs the client.
//!
//! Everything goes into folders that git ignores, and is done again only when something changed.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::test::Setup;

/// A language's programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// A virtual environment with the folder's `requirements.txt`.
    Python,
    /// The folder's `node_modules`, by `npm ci`.
    Node,
    /// A test binary of the folder's module, with `go.sum`.
    Go,
    /// The folder's `pom.xml`, whose versions are all fixed.
    Maven,
    /// The folder's own workspace, outside Stator's, with its own `Cargo.lock`.
    Cargo,
}

impl Runtime {
    /// Programs that must be there.
    pub const fn tools(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["python3"],
            Self::Node => &["node", "npm"],
            Self::Go => &["go"],
            Self::Maven => &["mvn", "javac"],
            Self::Cargo => &[], // It runs this program.
        }
    }

    /// Installs the libraries of the client in `folder`, and answers with what runs its tests.
    pub fn install(self, setup: &Setup, folder: &str) -> anyhow::Result<Command> {
        let source = setup.root.join(folder);
        let built = setup.scratch.join("clients").join(folder.replace('/', "-"));
        match self {
            Self::Python => python(&source, &built),
            Self::Node => node(&source),
            Self::Go => go(&source, &built),
            Self::Maven => maven(&source, &built),
            Self::Cargo => cargo(&source, &built),
        }
    }
}

fn python(source: &Path, environment: &Path) -> anyhow::Result<Command> {
    let python = environment.join("bin").join("python");
    if !python.exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    let requirements: OsString = source.join("requirements.txt").into();
    succeed(Command::new(&python).args(pip).arg(requirements))?;
    Ok(Command::new(python))
}

fn node(source: &Path) -> anyhow::Result<Command> {
    if !is_newer(&source.join("node_modules/.package-lock.json"), source)? {
        let quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        succeed(Command::new("npm").args(quiet).current_dir(source))?;
    }
    Ok(Command::new("node"))
}

/// Whether npm wrote `installed` after the folder's lock file last changed.
fn is_newer(installed: &Path, folder: &Path) -> anyhow::Result<bool> {
    let Ok(installed) = fs::metadata(installed) else { return Ok(false) };
    let lock = fs::metadata(folder.join("package-lock.json")).context("package-lock.json")?;
    Ok(installed.modified()? > lock.modified()?)
}

fn go(source: &Path, built: &Path) -> anyhow::Result<Command> {
    let binary = built.join("suite.test");
    succeed(Command::new("go").args(["vet", "."]).current_dir(source))?;
    let compile = ["test", "-c", "-o"];
    succeed(Command::new("go").args(compile).arg(&binary).arg(".").current_dir(source))?;
    Ok(Command::new(binary))
}

fn maven(source: &Path, built: &Path) -> anyhow::Result<Command> {
    let maven = || {
        let mut maven = Command::new("mvn");
        maven.args(["--batch-mode", "--no-transfer-progress"]);
        maven.arg(format!("-Dbuilt={}", built.display()));
        maven
    };
    succeed(maven().args(["--quiet", "test-compile"]).current_dir(source))?;
    Ok(maven())
}

fn cargo(source: &Path, built: &Path) -> anyhow::Result<Command> {
    let cargo = || {
        let mut cargo = Command::new("cargo");
        cargo.args(["test", "--locked", "--quiet"]).env("CARGO_TARGET_DIR", built);
        cargo
    };
    succeed(cargo().arg("--no-run").current_dir(source))?;
    Ok(cargo())
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {printed}{complaint}");
    Ok(())
}
