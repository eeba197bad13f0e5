//! `stator serve`.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::thread;

use anyhow::Context as _;
use clap::Args;
use clap::builder::FalseyValueParser;
use tokio::signal::unix::{SignalKind, signal};

use super::banner;
use super::logging::{self, LogFormat, LogLevel};
use crate::{Builder, Listen, Stator};

/// DynamoDB Local's port, which tools expect.
const DEFAULT_PORT: u16 = 8000;
/// Fewest and most threads that serve requests; in between, one a core. The engine has its own.
const WORKERS: RangeInclusive<usize> = 2..=16;

/// Flags of `stator serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Address to listen on; may be given several times [default: 127.0.0.1:8000 and [::1]:8000]
    #[arg(long, env = "STATOR_LISTEN", value_name = "ADDRESS:PORT", value_delimiter = ',')]
    listen: Vec<SocketAddr>,
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
    /// How log lines look
    #[arg(long, env = "STATOR_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// What is logged
    #[arg(long, env = "STATOR_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    log_level: LogLevel,
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
    let stator = arguments.into_builder().start().await?;
    banner::print(&stator);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    stator.stop().await.context("the store did not close cleanly; acknowledged data is safe")
}

impl ServeArguments {
    fn into_builder(self) -> Builder {
        let listen = match self.listen {
            addresses if addresses.is_empty() => Listen::Loopback { port: DEFAULT_PORT },
            addresses => Listen::Addresses(addresses),
        };
        let builder = match (self.in_memory, self.key_file) {
            (true, _) => Stator::in_memory(),
            (false, None) => Stator::in_directory(self.data_dir),
            (false, Some(key_file)) => Stator::in_directory(self.data_dir).key_file(key_file),
        };
        builder.listen(listen).account(self.account).region(self.region)
    }
}

pub(super) fn account(text: &str) -> Result<String, &'static str> {
    let twelve_digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if twelve_digits { Ok(text.to_owned()) } else { Err("an account is twelve digits") }
}
