//! The table of suites.

use std::process::{Command, Stdio};

use testkit::crash::Cut;

use super::clients::table::{
    AWS_CLI, CITIES, DYNAMOOSE, ELECTRODB, FILMS, GO, HISTORY, JAVA, JAVASCRIPT, JAVASCRIPT_V2,
    KINESIS_ADAPTER, PYNAMODB, PYTHON, RUST, TOOLBOX, TTL_ARCHIVE, TWITTER,
};
use super::clients::{Client, Engine};

/// One line of the table.
#[derive(Debug)]
pub struct Suite {
    /// What the report and `--only` call it.
    pub name: &'static str,
    /// Programs that must be there.
    pub needs: &'static [&'static str],
    /// How it runs.
    pub run: Run,
}

/// How a suite runs.
#[derive(Debug)]
pub enum Run {
    /// Every Rust test of the workspace.
    Workspace,
    /// A Rust example that must end with 0.
    Example(&'static str),
    /// A client program against a server of its own.
    Client(Client, Engine),
    /// Crash rounds.
    Crash(Cut),
    /// The proof that the power-cut rounds notice a missing sync.
    CrashBlindness,
    /// Rounds in each of which one file call fails.
    Faults,
    /// Rotations of the keys, cut off at their file calls.
    CutRotations,
    /// A disk that is full for a while.
    FullDisk,
    /// A fuzz target; only with `--full`, or when it is named.
    Fuzz(&'static str),
}

/// Everything that `cargo xtask test` runs, in this order.
pub const SUITES: &[Suite] = &[
    Suite { name: "rust", needs: &[], run: Run::Workspace },
    client("python-durable", PYTHON, Engine::Durable),
    client("python-memory", PYTHON, Engine::Memory),
    client("javascript-durable", JAVASCRIPT, Engine::Durable),
    client("javascript-memory", JAVASCRIPT, Engine::Memory),
    client("javascript-v2-durable", JAVASCRIPT_V2, Engine::Durable),
    client("javascript-v2-memory", JAVASCRIPT_V2, Engine::Memory),
    client("dynamodb-toolbox-durable", TOOLBOX, Engine::Durable),
    client("dynamodb-toolbox-memory", TOOLBOX, Engine::Memory),
    client("electrodb-durable", ELECTRODB, Engine::Durable),
    client("electrodb-memory", ELECTRODB, Engine::Memory),
    client("dynamoose-durable", DYNAMOOSE, Engine::Durable),
    client("dynamoose-memory", DYNAMOOSE, Engine::Memory),
    client("pynamodb-durable", PYNAMODB, Engine::Durable),
    client("pynamodb-memory", PYNAMODB, Engine::Memory),
    // Each command starts a Python of its own: once is enough.
    client("aws-cli", AWS_CLI, Engine::Durable),
    client("go-durable", GO, Engine::Durable),
    client("go-memory", GO, Engine::Memory),
    client("java-durable", JAVA, Engine::Durable),
    client("java-memory", JAVA, Engine::Memory),
    // Its pauses between requests, not the engine, take the time: once is enough.
    client("kinesis-adapter", KINESIS_ADAPTER, Engine::Durable),
    client("rust-sdk-durable", RUST, Engine::Durable),
    client("rust-sdk-memory", RUST, Engine::Memory),
    Suite { name: "example-embedded", needs: &[], run: Run::Example("embedded") },
    client("example-twitter", TWITTER, Engine::Durable),
    client("example-films", FILMS, Engine::Durable),
    client("example-cities", CITIES, Engine::Durable),
    client("example-history", HISTORY, Engine::Durable),
    client("example-ttl-archive", TTL_ARCHIVE, Engine::Durable),
    Suite { name: "crash-kill", needs: &[], run: Run::Crash(Cut::Process) },
    Suite { name: "crash-power", needs: &[], run: Run::Crash(Cut::Power) },
    Suite { name: "crash-power-without-sync", needs: &[], run: Run::CrashBlindness },
    Suite { name: "faults", needs: &[], run: Run::Faults },
    Suite { name: "crash-rotation", needs: &[], run: Run::CutRotations },
    Suite { name: "full-disk", needs: &[], run: Run::FullDisk },
    fuzz("fuzz-requests", "requests"),
    fuzz("fuzz-expressions", "expressions"),
    fuzz("fuzz-numbers", "numbers"),
    fuzz("fuzz-keys", "keys"),
    fuzz("fuzz-items", "items"),
    fuzz("fuzz-signatures", "signatures"),
    fuzz("fuzz-exports", "exports"),
    fuzz("fuzz-files", "files"),
];

const fn client(name: &'static str, client: Client, engine: Engine) -> Suite {
    let needs = client.runtime.tools();
    Suite { name, needs, run: Run::Client(client, engine) }
}

const fn fuzz(name: &'static str, target: &'static str) -> Suite {
    Suite { name, needs: &["cargo-fuzz"], run: Run::Fuzz(target) }
}

impl Suite {
    /// The first program that the suite needs and the machine lacks.
    pub fn missing_tool(&self) -> Option<&'static str> {
        self.needs.iter().copied().find(|tool| !is_installed(tool))
    }
}

fn is_installed(tool: &str) -> bool {
    let version = if tool == "go" { "version" } else { "--version" };
    let mut asked = Command::new(tool);
    asked.arg(version).stdout(Stdio::null()).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}
