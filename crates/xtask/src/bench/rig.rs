//! The programs that every measurement starts, and a place for their data.

use std::fmt::Display;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;
use testkit::load::data::{Call, create_table};
use testkit::load::{Measured, Scenario};
use testkit::process::{Launch, Server};
use tokio::runtime::Runtime;

use super::BenchArguments;
use super::table::{Target, name};
use crate::{release, target_directory};

/// Connections that write the bench's items.
pub(super) const FILL_CONNECTIONS: usize = 8;

/// The built programs and a place for data.
pub(super) struct Rig {
    stator: PathBuf,
    echo: PathBuf,
    pub(super) load: PathBuf,
    pub(super) scratch: PathBuf,
    pub(super) runtime: Runtime,
}

impl Rig {
    /// Builds the programs, and clears what an earlier bench has left.
    pub(super) fn build(root: &Path) -> anyhow::Result<Self> {
        let binaries = release::build(root)?;
        let scratch = target_directory(root)?.join("xtask").join("bench");
        if scratch.exists() {
            fs::remove_dir_all(&scratch)?;
        }
        fs::create_dir_all(&scratch)?;
        Ok(Self {
            stator: binaries.join("stator"),
            echo: binaries.join("echo"),
            load: binaries.join("load"),
            scratch,
            runtime: Runtime::new()?,
        })
    }

    /// Gives a server the bench's table with so many items.
    pub(super) fn fill(&self, server: &Server, items: usize) -> anyhow::Result<()> {
        self.fill_table(server, create_table(), items)
    }

    /// As [`Rig::fill`], with a table of the caller's.
    pub(super) fn fill_table(
        &self,
        server: &Server,
        table: Call,
        items: usize,
    ) -> anyhow::Result<()> {
        self.call(server, table)?;
        let items = items.to_string();
        self.load(server.address(), FILL_CONNECTIONS, &["fill", &items])?;
        Ok(())
    }

    /// Calls an operation, which must succeed.
    pub(super) fn call(&self, server: &Server, (operation, input): Call) -> anyhow::Result<Value> {
        self.runtime.block_on(async {
            let mut connection = server.connect().await?;
            connection.expect(operation, &input).await
        })
    }

    /// Carries out calls of the caller's.
    pub(super) fn wait_for<T>(&self, calls: impl Future<Output = T>) -> T {
        self.runtime.block_on(calls)
    }

    /// Repeats a scenario for as long as the arguments say.
    pub(super) fn drive(
        &self,
        address: SocketAddr,
        scenario: Scenario,
        connections: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Measured> {
        let milliseconds = arguments.milliseconds.to_string();
        self.measure(address, connections, &["drive", &name(scenario), &milliseconds])
    }

    /// Runs the generator, which answers with what it measured.
    pub(super) fn measure(
        &self,
        address: SocketAddr,
        connections: usize,
        task: &[&str],
    ) -> anyhow::Result<Measured> {
        let printed = self.load(address, connections, task)?;
        let json = serde_json::from_str(&printed)?;
        Measured::from_json(&json).with_context(|| format!("the generator said {printed}"))
    }

    /// Runs the generator; answers with what it printed.
    pub(super) fn load(
        &self,
        to: SocketAddr,
        connections: usize,
        task: &[&str],
    ) -> anyhow::Result<String> {
        let output = Command::new(&self.load)
            .args(["--address", &to.to_string(), "--connections", &connections.to_string()])
            .args(task)
            // What it complains of may be shown, and where is of no interest then.
            .env("RUST_BACKTRACE", "0")
            .output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{task:?} failed: {complaint}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// How to start `target` with data of its own for `purpose`.
    pub(super) fn launch(&self, target: Target, purpose: &str) -> Launch {
        let log = self.scratch.join(format!("{target}-{purpose}.log"));
        match target {
            Target::Echo => Launch::new(&self.echo, [], &log),
            Target::Memory => Launch::in_memory(&self.stator, &log),
            Target::Durable => {
                Launch::durable(&self.stator, &self.scratch.join(purpose).join("data"), &log)
            }
        }
    }
}

/// Measures durable and in memory, and prints what each gave; answers with the figures of both.
#[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
pub(super) fn each_engine<M: Display>(
    measure: impl Fn(Target) -> anyhow::Result<M>,
    to_json: impl Fn(&M) -> Value,
) -> anyhow::Result<Value> {
    let mut figures = Vec::new();
    for target in [Target::Durable, Target::Memory] {
        let measured = measure(target)?;
        println!("{measured}");
        figures.push(to_json(&measured));
    }
    Ok(Value::Array(figures))
}
