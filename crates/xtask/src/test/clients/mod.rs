//! Real clients against the real server: install the libraries, start a server, run the program.
//!
//! [`table`] names the clients, [`install`] knows each language's tools, [`summary`] reads how many
//! tests passed.

pub mod install;
pub mod summary;
pub mod table;

use anyhow::Context;
use testkit::process::Launch;

use self::install::Runtime;
use self::summary::Summary;
use super::Setup;
use super::report::{Tally, print_end};

/// A program in another language.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// Its folder, where it runs.
    pub folder: &'static str,
    /// Who runs it and installs its libraries.
    pub runtime: Runtime,
    /// Its arguments after the runtime's program.
    pub arguments: &'static [&'static str],
    /// How its results are read.
    pub summary: Summary,
    /// What its server is told besides the engine.
    pub server: &'static [&'static str],
}

/// The engine that a client's server runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// On disk, encrypted.
    Durable,
    /// `--in-memory`.
    Memory,
}

/// Runs `client` against a fresh server on `engine`.
pub fn run(setup: &Setup, name: &str, client: &Client, engine: Engine) -> anyhow::Result<Tally> {
    let mut program = client.runtime.install(setup, client.folder)?;
    let folder = setup.folder(name)?;
    let log = folder.join("server.log");
    let mut launch = match engine {
        Engine::Durable => Launch::durable(&setup.stator(), &folder.join("data"), &log),
        Engine::Memory => Launch::in_memory(&setup.stator(), &log),
    };
    launch.arguments.extend(client.server.iter().map(Into::into));
    let server = launch.start()?;
    let output = program
        .args(client.arguments)
        .current_dir(setup.root.join(client.folder))
        .envs(environment(&format!("http://{}", server.address())))
        .env("STATOR_BINARY", setup.stator())
        .output()
        .with_context(|| name.to_owned())?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let ended_well = output.status.success();
    if !ended_well {
        print_end(&printed);
        print_end(&String::from_utf8_lossy(&output.stderr));
    }
    server.stop().context("closing the server")?;
    Ok(client.summary.count(&printed, ended_well).judged(ended_well))
}

/// What a client needs to find the server; nothing of the developer's own account.
fn environment(endpoint: &str) -> [(&'static str, &str); 5] {
    [
        ("STATOR_ENDPOINT", endpoint),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ]
}
