//! Valgrind: whether it is there, how a server is started under it, and what it is told.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fmt, fs, io};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use testkit::process::{Launch, Server};

/// What counts were made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tools {
    pub(super) rustc: String,
    pub(super) valgrind: String,
}

impl Tools {
    /// Asks both for their versions.
    ///
    /// # Errors
    /// A machine without Valgrind; the message says what to install.
    pub(super) fn find() -> anyhow::Result<Self> {
        for program in ["valgrind", "vgdb"] {
            if version(program).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                bail!(
                    "`{program}` is not here, and instructions are counted with it: install the \
                     package `valgrind` (Debian, Ubuntu: apt-get install valgrind; Fedora: dnf \
                     install valgrind)"
                );
            }
        }
        Ok(Self { rustc: version("rustc")?, valgrind: version("valgrind")? })
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"rustc": self.rustc, "valgrind": self.valgrind})
    }

    pub(super) fn from_json(json: &Value) -> Self {
        let text = |name: &str| json[name].as_str().unwrap_or("unknown").to_owned();
        Self { rustc: text("rustc"), valgrind: text("valgrind") }
    }
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.rustc, self.valgrind)
    }
}

/// Has the C library copy long texts without `rep movsb`, each byte of which counts as one
/// instruction here and costs far less on a processor.
const WITHOUT_STRING_INSTRUCTIONS: [&str; 2] = ["GLIBC_TUNABLES", "glibc.cpu.hwcaps=-ERMS,-FSRM"];

/// A server under callgrind, which counts from [`Callgrind::begin`] to [`Callgrind::end`].
#[derive(Debug)]
pub(super) struct Callgrind {
    server: Server,
    dumps: PathBuf,
    number: usize,
}

impl Callgrind {
    /// Starts the server. Nothing is counted yet, which makes it several times as fast.
    pub(super) fn start(launch: &Launch, scratch: &Path) -> anyhow::Result<Self> {
        let dumps = scratch.join("callgrind.out");
        let mut out = OsString::from("--callgrind-out-file=");
        out.push(&dumps);
        let mut arguments = vec![
            "--tool=callgrind".into(),
            "--instr-atstart=no".into(),
            "--collect-systime=yes".into(),
            out,
            launch.binary.clone().into(),
        ];
        arguments.extend(launch.arguments.iter().cloned());
        let mut environment = launch.environment.clone();
        environment.push(WITHOUT_STRING_INSTRUCTIONS.map(Into::into).into());
        let binary = PathBuf::from("valgrind");
        let valgrind = Launch { binary, arguments, environment, ..launch.clone() };
        Ok(Self { server: valgrind.start()?, dumps, number: 0 })
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// Has instructions counted from now on.
    pub(super) fn begin(&self) -> anyhow::Result<()> {
        self.tell(&["instrumentation", "on"])?;
        self.tell(&["zero"])
    }

    /// What was counted since the last call of this or of [`Callgrind::begin`], as callgrind wrote it.
    pub(super) fn end(&mut self) -> anyhow::Result<String> {
        self.tell(&["dump"])?;
        self.number += 1;
        let mut dump = self.dumps.clone().into_os_string();
        dump.push(format!(".{}", self.number));
        fs::read_to_string(&dump).with_context(|| PathBuf::from(dump).display().to_string())
    }

    fn tell(&self, command: &[&str]) -> anyhow::Result<()> {
        let told = Command::new("vgdb")
            .arg(format!("--pid={}", self.server.id()))
            .args(command)
            .output()
            .context("vgdb")?;
        let complaint = String::from_utf8_lossy(&told.stderr);
        ensure!(told.status.success(), "vgdb {command:?}: {complaint}");
        Ok(())
    }
}

fn version(program: &str) -> io::Result<String> {
    let output = Command::new(program).arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
