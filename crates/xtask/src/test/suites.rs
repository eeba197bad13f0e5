//! The table of suites.

use std::process::{Command, Stdio};

use testkit::crash::Cut;

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
}

/// The engine that a client's server runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// On disk, encrypted.
    Durable,
    /// `--in-memory`.
    Memory,
}

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
}

/// A language's programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// A virtual environment with the folder's `requirements.txt`.
    Python,
    /// The folder's `node_modules`, by `npm ci`.
    Node,
}

/// How a program says how many tests passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summary {
    /// `3 passed, 1 skipped in 2s`
    Pytest,
    /// `# pass 3`
    NodeTest,
    /// It ends with 0: one test.
    ExitCode,
}

const PYTHON: Client = Client {
    folder: "tests/clients/python",
    runtime: Runtime::Python,
    arguments: &["-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
    summary: Summary::Pytest,
};

const JAVASCRIPT: Client = Client {
    folder: "tests/clients/javascript",
    runtime: Runtime::Node,
    arguments: &["--test", "--test-reporter=tap"],
    summary: Summary::NodeTest,
};

const JAVASCRIPT_V2: Client = Client { folder: "tests/clients/javascript-v2", ..JAVASCRIPT };

const TWITTER: Client = Client {
    folder: "examples/twitter",
    runtime: Runtime::Node,
    arguments: &["main.js", "--users", "200", "--tweets", "2000"],
    summary: Summary::ExitCode,
};

const FILMS: Client = Client { folder: "examples/films", arguments: &["films.js"], ..TWITTER };

const CITIES: Client = Client { arguments: &["cities.js"], ..FILMS };

/// Everything that `cargo xtask test` runs, in this order.
pub const SUITES: &[Suite] = &[
    Suite { name: "rust", needs: &[], run: Run::Workspace },
    client("python-durable", PYTHON, Engine::Durable),
    client("python-memory", PYTHON, Engine::Memory),
    client("javascript-durable", JAVASCRIPT, Engine::Durable),
    client("javascript-memory", JAVASCRIPT, Engine::Memory),
    client("javascript-v2-durable", JAVASCRIPT_V2, Engine::Durable),
    client("javascript-v2-memory", JAVASCRIPT_V2, Engine::Memory),
    Suite { name: "example-embedded", needs: &[], run: Run::Example("embedded") },
    client("example-twitter", TWITTER, Engine::Durable),
    client("example-films", FILMS, Engine::Durable),
    client("example-cities", CITIES, Engine::Durable),
    Suite { name: "crash-kill", needs: &[], run: Run::Crash(Cut::Process) },
    Suite { name: "crash-power", needs: &[], run: Run::Crash(Cut::Power) },
    Suite { name: "crash-power-without-sync", needs: &[], run: Run::CrashBlindness },
];

const fn client(name: &'static str, client: Client, engine: Engine) -> Suite {
    let needs: &[&str] = match client.runtime {
        Runtime::Python => &["python3"],
        Runtime::Node => &["node", "npm"],
    };
    Suite { name, needs, run: Run::Client(client, engine) }
}

impl Suite {
    /// The first program that the suite needs and the machine lacks.
    pub fn missing_tool(&self) -> Option<&'static str> {
        self.needs.iter().copied().find(|tool| !is_installed(tool))
    }
}

fn is_installed(tool: &str) -> bool {
    let mut version = Command::new(tool);
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}
