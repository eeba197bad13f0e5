//! `stator serve`.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use bytesize::ByteSize;
use clap::Args;
use clap::builder::FalseyValueParser;
use model::Scope;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::banner;
use super::changes::ChangesArguments;
use super::logging::{self, LogFormat, LogLevel};
use super::network::NetworkArguments;
use super::offline::DataDirectory;
use super::scope::ScopeArguments;
use crate::{Builder, Exposure, Memory, Stator};

/// Fewest and most threads that serve requests; in between, one a core. The engine has its own.
const WORKERS: RangeInclusive<usize> = 2..=16;

/// Most threads that wait for something, mostly the disk, besides those that serve.
const WAITING_MAX: usize = 64;

/// Flags of `stator serve`.
#[derive(Debug, Args)]
#[command(
    mut_arg("data_dir", |flag| flag.help("Directory the data lies in; created if missing")),
    mut_arg("region", |flag| {
        flag.help("Region the endpoint says it is in; requests bring theirs in the signature")
    }),
    mut_arg("account", |flag| {
        flag.help("Account of callers whose access key is not an account's twelve digits")
    })
)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    changes: ChangesArguments,
    #[command(flatten)]
    directory: DataDirectory,
    /// Refuse to start when others than their owner can read the key file or the data directory
    #[arg(long, env = "STATOR_STRICT_PERMISSIONS", value_parser = FalseyValueParser::new())]
    strict_permissions: bool,
    /// Keep all data in memory and lose it at the end
    #[arg(long, env = "STATOR_IN_MEMORY", value_parser = FalseyValueParser::new())]
    in_memory: bool,
    #[command(flatten)]
    scope: ScopeArguments,
    /// Memory to stay within, 64 MiB or more; data kept by --in-memory comes on top
    #[arg(
        long,
        env = "STATOR_MEMORY",
        value_name = "SIZE",
        default_value = "512MiB",
        value_parser = memory
    )]
    memory: Memory,
    /// How log lines look
    #[arg(long, env = "STATOR_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// What is logged
    #[arg(long, env = "STATOR_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    log_level: LogLevel,
    /// Requests that take longer are logged as warnings
    #[arg(long, env = "STATOR_LOG_SLOW_MS", value_name = "MILLISECONDS", default_value = "1000")]
    log_slow_ms: u64,
}

/// Serves until SIGTERM or Ctrl-C.
pub(super) fn run(arguments: ServeArguments) -> anyhow::Result<()> {
    logging::start(arguments.log_format, arguments.log_level);
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(*WORKERS.start(), *WORKERS.end()))
        .max_blocking_threads(WAITING_MAX)
        .enable_all()
        .build()
        .context("cannot start the runtime")?
        .block_on(serve(arguments))
}

async fn serve(arguments: ServeArguments) -> anyhow::Result<()> {
    // Before anything is opened: a signal must never meet the default handler, which just ends.
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    let mut hangup = match arguments.network.has_certificate() {
        true => Some(signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?),
        false => None,
    };
    let stator = arguments.into_builder().start().await?;
    banner::print(&stator);
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            () = received(hangup.as_mut()) => reload_certificate(&stator),
        }
    }
    tracing::info!("stopping");
    stator.stop().await.context("the store did not close cleanly; acknowledged data is safe")
}

/// The next signal; never, if none is listened for.
async fn received(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// A certificate that cannot be used leaves the old one where it is: the clients come first.
fn reload_certificate(stator: &Stator) {
    match stator.reload_certificate() {
        Ok(()) => tracing::info!("the certificate was read again"),
        Err(error) => tracing::error!(%error, "the old certificate stays"),
    }
}

impl ServeArguments {
    fn into_builder(self) -> Builder {
        let DataDirectory { data_dir, key_file } = self.directory;
        let builder = match (self.in_memory, key_file) {
            (true, _) => Stator::in_memory(),
            (false, None) => Stator::in_directory(data_dir),
            (false, Some(key_file)) => Stator::in_directory(data_dir).key_file(key_file),
        };
        let builder = match self.strict_permissions {
            true => builder.exposure(Exposure::Refused),
            false => builder,
        };
        let builder = self.network.apply(self.changes.apply(builder.memory(self.memory)));
        let slow_after = Duration::from_millis(self.log_slow_ms);
        let Scope { account, region } = self.scope.into_scope();
        builder.account(account).region(region).slow_after(slow_after)
    }
}

fn memory(text: &str) -> Result<Memory, String> {
    let size: ByteSize = text.parse()?;
    let bytes = usize::try_from(size.as_u64()).ok().and_then(Memory::new);
    bytes.ok_or_else(|| format!("the least is {}", ByteSize(Memory::MIN_BYTES as u64)))
}
