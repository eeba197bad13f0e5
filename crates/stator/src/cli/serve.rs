//! `stator serve`.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use bytesize::ByteSize;
use clap::Args;
use clap::builder::FalseyValueParser;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::banner;
use super::changes::ChangesArguments;
use super::logging::{self, LogFormat, LogLevel};
use super::network::NetworkArguments;
use crate::{Builder, Memory, Stator};

/// Fewest and most threads that serve requests; in between, one a core. The engine has its own.
const WORKERS: RangeInclusive<usize> = 2..=16;

/// Flags of `stator serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    changes: ChangesArguments,
    /// Directory the data lies in; created if missing
    #[arg(long, env = "STATOR_DATA_DIR", value_name = "DIR", default_value = "./stator-data")]
    data_dir: PathBuf,
    /// Keep all data in memory and lose it at the end
    #[arg(long, env = "STATOR_IN_MEMORY", value_parser = FalseyValueParser::new())]
    in_memory: bool,
    /// File with the key that unlocks the data [default: the data directory's name with .key added]
    #[arg(long, env = "STATOR_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Region the endpoint says it is in; requests bring theirs in the signature
    #[arg(long, env = "STATOR_REGION", value_name = "REGION", default_value = "us-east-1")]
    region: String,
    /// Account of callers whose access key is not an account's twelve digits
    #[arg(
        long,
        env = "STATOR_ACCOUNT",
        value_name = "ACCOUNT",
        default_value = "000000000000",
        value_parser = account
    )]
    account: String,
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
        let builder = match (self.in_memory, self.key_file) {
            (true, _) => Stator::in_memory(),
            (false, None) => Stator::in_directory(self.data_dir),
            (false, Some(key_file)) => Stator::in_directory(self.data_dir).key_file(key_file),
        };
        let builder = self.network.apply(self.changes.apply(builder.memory(self.memory)));
        let slow_after = Duration::from_millis(self.log_slow_ms);
        builder.account(self.account).region(self.region).slow_after(slow_after)
    }
}

fn memory(text: &str) -> Result<Memory, String> {
    let size: ByteSize = text.parse()?;
    let bytes = usize::try_from(size.as_u64()).ok().and_then(Memory::new);
    bytes.ok_or_else(|| format!("the least is {}", ByteSize(Memory::MIN_BYTES as u64)))
}

pub(super) fn account(text: &str) -> Result<String, &'static str> {
    let twelve_digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if twelve_digits { Ok(text.to_owned()) } else { Err("an account is twelve digits") }
}
