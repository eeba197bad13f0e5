//! How peers are installed and started, each as its own documentation says, and what is known of
//! them that figures don't show.

use std::env::consts::{ARCH, OS};
use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use testkit::process::Launch;
use testkit::signature;

use super::super::table::Target;

/// A server that does what Stator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// In Rust, on SQLite; a crate.
    Dynoxide,
    /// In Rust, on SQLite in the edition for developers; a package of npm.
    ExtendDb,
    /// In JavaScript, on LevelDB; a package of npm.
    Dynalite,
    /// AWS's own, in Java, on SQLite. Its terms are not those of open source, so it is measured where
    /// somebody has accepted them and unpacked it.
    DynamoDbLocal,
}

/// Where a peer is started, and with what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) storage: Target,
    pub(super) address: SocketAddr,
    /// A folder of its own. What it prints goes into a file beside that.
    pub(super) data: &'a Path,
}

/// What a comparison of figures would leave out.
#[derive(Debug)]
pub(super) struct Facts {
    product: &'static str,
    version: &'static str,
    /// When writes reach the disk, where data is kept there. What is said of those that are measured was
    /// counted: the calls of fsync and fdatasync while puts went on one by one (2026-11).
    pub(super) syncs: &'static str,
    pub(super) signatures: &'static str,
    pub(super) encrypts: &'static str,
}

pub(super) const STATOR_FACTS: Facts = Facts {
    product: "Stator",
    version: env!("CARGO_PKG_VERSION"),
    syncs: "every write is synced before its answer",
    signatures: "checks their form",
    encrypts: "everything on disk",
};

const DYNOXIDE: Facts = Facts {
    product: "Dynoxide",
    version: "3.2.0",
    syncs: "every write is synced before its answer (SQLite, WAL, synchronous FULL)",
    signatures: "checks their form",
    encrypts: "nothing, in the edition that is installed by default",
};

const EXTENDDB: Facts = Facts {
    product: "ExtendDB",
    version: "0.1.10",
    syncs: "no write is synced before its answer (SQLite, WAL, synchronous NORMAL)",
    signatures: "verifies them",
    encrypts: "nothing but secrets of access keys",
};

const DYNALITE: Facts = Facts {
    product: "dynalite",
    version: "4.0.0",
    syncs: "no write is synced before its answer (LevelDB)",
    signatures: "checks their form",
    encrypts: "nothing",
};

const DYNAMODB_LOCAL: Facts = Facts {
    product: "DynamoDB Local",
    version: "",
    syncs: "not examined",
    signatures: "not examined",
    encrypts: "not examined",
};

impl Facts {
    /// What tables call it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.product, self.version).trim_end().to_owned()
    }

    fn to_json(&self) -> Value {
        json!({
            "name": self.name(),
            "syncs": self.syncs,
            "signatures": self.signatures,
            "encrypts": self.encrypts,
        })
    }
}

/// Those of everybody, Stator first.
pub(super) fn all_facts() -> impl Iterator<Item = &'static Facts> {
    [&STATOR_FACTS].into_iter().chain(Peer::ALL.into_iter().map(Peer::facts))
}

/// For `--json`.
pub(super) fn facts_json() -> Value {
    all_facts().map(Facts::to_json).collect()
}

impl Peer {
    pub(super) const ALL: [Self; 4] =
        [Self::Dynoxide, Self::ExtendDb, Self::Dynalite, Self::DynamoDbLocal];

    pub(super) fn facts(self) -> &'static Facts {
        match self {
            Self::Dynoxide => &DYNOXIDE,
            Self::ExtendDb => &EXTENDDB,
            Self::Dynalite => &DYNALITE,
            Self::DynamoDbLocal => &DYNAMODB_LOCAL,
        }
    }

    /// A name for files of this version.
    pub(super) fn folder(self) -> String {
        self.facts().name().to_lowercase().replace(' ', "-")
    }

    /// Installs it in `folder`, unless it is there.
    pub(super) fn install(self, folder: &Path) -> anyhow::Result<()> {
        let program = self.program(folder)?;
        if program.exists() {
            return Ok(());
        }
        if self == Self::DynamoDbLocal {
            bail!(
                "it comes under terms of its vendor's own: accept them, unpack it and name its \
                 folder, which has {}, with --dynamodb-local",
                program.file_name().unwrap_or_default().display()
            );
        }
        fs::create_dir_all(folder)?;
        let version = self.facts().version;
        let mut command = match self {
            Self::Dynoxide => cargo_install("dynoxide-rs", version, folder),
            Self::ExtendDb => npm_install(&extenddb_package()?, version, folder),
            Self::Dynalite => npm_install("dynalite", version, folder),
            Self::DynamoDbLocal => unreachable!("it is not installed"),
        };
        carry_out(command.current_dir(folder))?;
        ensure!(program.exists(), "the package has no {}", program.display());
        Ok(())
    }

    /// The file whose presence says that it is installed.
    fn program(self, folder: &Path) -> anyhow::Result<PathBuf> {
        Ok(match self {
            Self::Dynoxide => folder.join("bin").join("dynoxide"),
            Self::ExtendDb => {
                folder.join("node_modules").join(extenddb_package()?).join("extenddb")
            }
            Self::Dynalite => folder.join("node_modules").join("dynalite").join("cli.js"),
            Self::DynamoDbLocal => folder.join("DynamoDBLocal.jar"),
        })
    }

    /// How it is started.
    pub(super) fn launch(self, folder: &Path, start: &Start<'_>) -> anyhow::Result<Launch> {
        let program = self.program(folder)?;
        let (binary, arguments) = match self {
            Self::Dynoxide => (program, dynoxide(start)),
            Self::ExtendDb => (program, words(["serve", "--foreground"])),
            Self::Dynalite => ("node".into(), dynalite(program, start)),
            Self::DynamoDbLocal => ("java".into(), dynamodb_local(program, folder, start)),
        };
        let mut launch = Launch::new(&binary, arguments, &start.log());
        launch.directory = Some(start.data.to_path_buf());
        launch.environment = match self {
            Self::ExtendDb => extenddb_environment(start),
            // It reports its use to its vendor unless it is told not to ("Telemetry in DynamoDB
            // local", AWS's developer guide, 2026-11).
            Self::DynamoDbLocal => vec![("DDB_LOCAL_TELEMETRY".into(), "0".into())],
            Self::Dynoxide | Self::Dynalite => Vec::new(),
        };
        Ok(launch)
    }
}

impl Start<'_> {
    fn port(&self) -> String {
        self.address.port().to_string()
    }

    /// What the peer prints, beside its folder. A version's dots are no extension.
    fn log(&self) -> PathBuf {
        let mut log = self.data.as_os_str().to_owned();
        log.push(".log");
        log.into()
    }

    /// The file or folder that the peer makes for its data, unless it keeps all in memory.
    fn file(&self) -> Option<PathBuf> {
        (self.storage == Target::Durable).then(|| self.data.join("data"))
    }

    /// An option with that file.
    fn file_option(&self, name: &str) -> impl Iterator<Item = OsString> {
        self.file().into_iter().flat_map(move |file| [name.into(), file.into()])
    }
}

fn dynoxide(start: &Start<'_>) -> Vec<OsString> {
    let port = words(["--port", &start.port()]);
    port.into_iter().chain(start.file_option("--db-path")).collect()
}

fn dynalite(program: PathBuf, start: &Start<'_>) -> Vec<OsString> {
    let address = words(["--host", &start.address.ip().to_string(), "--port", &start.port()]);
    let script = [program.into_os_string()].into_iter();
    script.chain(address).chain(start.file_option("--path")).collect()
}

/// As "DynamoDB local usage notes" in AWS's developer guide says (2026-11): `-inMemory` needs
/// `-sharedDb`, and without that each credential has a file of its own.
fn dynamodb_local(program: PathBuf, folder: &Path, start: &Start<'_>) -> Vec<OsString> {
    let mut libraries = OsString::from("-Djava.library.path=");
    libraries.push(folder.join("DynamoDBLocal_lib"));
    let mut arguments = vec![libraries, "-jar".into(), program.into()];
    arguments.extend(words(["-port", &start.port(), "-sharedDb"]));
    match start.storage {
        Target::Durable => arguments.extend(["-dbPath".into(), start.data.into()]),
        Target::Memory | Target::Echo => arguments.push("-inMemory".into()),
    }
    arguments
}

/// It takes the credentials that it verifies from where its clients take theirs.
fn extenddb_environment(start: &Start<'_>) -> Vec<(OsString, OsString)> {
    let database = start.file().map_or(":memory:".into(), PathBuf::into_os_string);
    vec![
        ("EXTENDDB__SERVER__PORT".into(), start.port().into()),
        ("EXTENDDB__STORAGE__SQLITE__PATH".into(), database),
        ("AWS_ACCESS_KEY_ID".into(), signature::KEY_ID.into()),
        ("AWS_SECRET_ACCESS_KEY".into(), signature::SECRET.into()),
    ]
}

fn words<const N: usize>(words: [&str; N]) -> Vec<OsString> {
    words.map(OsString::from).to_vec()
}

/// The package that has ExtendDB's binary for this machine.
fn extenddb_package() -> anyhow::Result<String> {
    let system = match OS {
        "linux" => "linux",
        "macos" => "darwin",
        _ => bail!("it has no package for {OS}"),
    };
    let processor = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        _ => bail!("it has no package for {ARCH}"),
    };
    Ok(format!("@extenddb/{system}-{processor}"))
}

fn cargo_install(package: &str, version: &str, folder: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.args(["install", package, "--version", &format!("={version}"), "--locked", "--root"]);
    command.arg(folder);
    command
}

fn npm_install(package: &str, version: &str, folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    command.arg(format!("{package}@{version}"));
    command
}

/// Runs a command that must succeed. The error is the last thing that it said.
fn carry_out(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("{program} cannot be started"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    ensure!(output.status.success(), "{program} ended with {}: {last}", output.status);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(peer: Peer, storage: Target) -> String {
        let address = "127.0.0.1:8123".parse().unwrap();
        let start = Start { storage, address, data: Path::new("/data") };
        let launch = peer.launch(Path::new("/peer"), &start).unwrap();
        let mut words = vec![launch.binary.into_os_string()];
        words.extend(launch.arguments);
        let mut words: Vec<String> =
            words.into_iter().map(|word| word.into_string().unwrap()).collect();
        words.extend(launch.environment.into_iter().map(|(name, value)| {
            format!("{}={}", name.into_string().unwrap(), value.into_string().unwrap())
        }));
        words.join(" ")
    }

    #[test]
    fn a_durable_peer_is_given_a_place_for_its_data_and_another_is_not() {
        for peer in Peer::ALL {
            assert!(arguments(peer, Target::Durable).contains("/data"), "{peer:?}");
            assert!(!arguments(peer, Target::Memory).contains("/data"), "{peer:?}");
        }
        let local = |storage| arguments(Peer::DynamoDbLocal, storage);
        assert!(local(Target::Durable).contains(" -sharedDb -dbPath /data "));
        assert!(local(Target::Memory).contains(" -sharedDb -inMemory "));
    }

    #[test]
    fn every_peer_is_told_its_port() {
        for peer in Peer::ALL {
            assert!(arguments(peer, Target::Memory).contains("8123"), "{peer:?}");
        }
    }

    #[test]
    fn what_fails_to_install_gives_the_last_line_as_its_reason() {
        let mut command = Command::new("sh");
        let error = carry_out(command.args(["-c", "echo first >&2; echo last >&2; exit 3"]));
        let error = error.unwrap_err().to_string();
        assert!(error.ends_with(": last"), "{error}");
        assert!(carry_out(&mut Command::new("no-such-program")).is_err());
    }
}
