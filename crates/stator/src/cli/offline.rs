//! A data directory opened by a command rather than by a server: nobody else has it meanwhile.

use std::future::Future;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use db::{Db, DbOptions};
use local::{LocalError, LocalStore};
use tokio::signal::unix::{SignalKind, signal};

use crate::system::{RandomIds, SystemClock};
use crate::{Engine, Exposure, Memory, StartError, StorageInfo, builder};

/// Flags that say which data directory.
#[derive(Debug, Args)]
pub(super) struct DataDirectory {
    /// Directory the data lies in
    #[arg(long, env = "STATOR_DATA_DIR", value_name = "DIR", default_value = "./stator-data")]
    pub(super) data_dir: PathBuf,
    /// File with the key that unlocks the data [default: the data directory's name with .key added]
    #[arg(long, env = "STATOR_KEY_FILE", value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
}

/// What to do where there is no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfAbsent {
    /// Make a directory, and a key for it, as `serve` does.
    Create,
    /// Say so.
    Refuse,
}

/// An open database.
pub(super) struct Offline {
    pub(super) db: Db<Engine>,
    pub(super) key_file: PathBuf,
    /// Whether the key was made just now.
    pub(super) key_is_new: bool,
}

impl DataDirectory {
    /// Opens the database.
    pub(super) async fn open(self, if_absent: IfAbsent) -> Result<Offline, StartError> {
        let Self { data_dir, key_file } = self;
        if if_absent == IfAbsent::Refuse && !LocalStore::exists(&data_dir)? {
            return Err(LocalError::NoStore { dir: data_dir }.into());
        }
        let (engine, storage) =
            builder::open(data_dir, key_file, Memory::default(), Exposure::Warned)?;
        let StorageInfo::Directory { key_file, key_is_new, .. } = storage else {
            unreachable!("a directory was opened");
        };
        let options = DbOptions::new(SystemClock::new(), RandomIds::new());
        let db = Db::open(engine, options).await.map_err(StartError::Catalog)?;
        Ok(Offline { db, key_file, key_is_new })
    }
}

impl Offline {
    /// Closes the database; adds to a report what there is to say of the key.
    pub(super) async fn close(self, report: String) -> anyhow::Result<String> {
        self.db.close().await.context("the store did not close cleanly; the data is safe")?;
        Ok(match self.key_is_new {
            true => format!(
                "{report}\nits new key file is {}: keep a copy, without it the data is lost\n",
                self.key_file.display()
            ),
            false => format!("{report}\n"),
        })
    }
}

/// Runs `work` until it is done or somebody interrupts it. What it holds is dropped then.
pub(super) fn run<T>(
    work: impl Future<Output = anyhow::Result<T>>,
    if_interrupted: &'static str,
) -> anyhow::Result<T> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
        tokio::select! {
            done = work => done,
            _ = terminate.recv() => bail!("interrupted; {if_interrupted}"),
            _ = interrupt.recv() => bail!("interrupted; {if_interrupted}"),
        }
    })
}
