//! How a store is opened.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lsm::{Files, SecretKey, Stepper, SystemFiles};

/// What [`LocalStore::open`](crate::LocalStore::open) is told.
#[derive(Debug, Clone)]
pub struct LocalOptions {
    /// The data directory; created when absent.
    pub dir: PathBuf,
    /// The key that seals the data key.
    pub key: RootKey,
    /// Most memory for blocks read from tables, in bytes. Filled as it is used.
    pub cache_bytes: u64,
    /// Size of the table in memory that collects writes, in bytes, before it is written to disk. Up
    /// to three are alive under load.
    pub memtable_bytes: usize,
    /// Most memory for writes that wait to be made durable, in bytes, beyond which new writers wait
    /// before they begin.
    pub queue_bytes_max: usize,
    /// A file outside of the directory that notes how far this was, so that an older copy is noticed.
    pub seen: Option<PathBuf>,
    /// Where the engine's files are. The marker and the lock are the system's in any case.
    pub files: Arc<dyn Files>,
    /// Who does what goes on behind the requests.
    pub workers: Workers,
}

/// Who commits, flushes and merges.
#[derive(Clone)]
pub enum Workers {
    /// Threads of the store's own.
    Threads,
    /// A task of the runtime in which the store is opened commits; whoever has the stepper flushes and
    /// merges. So all goes on in one thread, in an order that can be had again.
    Caller {
        /// Flushes and merges.
        stepper: Stepper,
        /// How long the disk takes, before and again behind each commit.
        wait: Arc<dyn Fn() -> Duration + Send + Sync>,
    },
}

impl LocalOptions {
    /// Opens `dir` with `key` and sizes fit for a laptop and a small server.
    pub fn new(dir: impl Into<PathBuf>, key: RootKey) -> Self {
        Self {
            dir: dir.into(),
            key,
            cache_bytes: 128 << 20,
            memtable_bytes: 16 << 20,
            queue_bytes_max: 32 << 20,
            seen: None,
            files: Arc::new(SystemFiles),
            workers: Workers::Threads,
        }
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Threads => "Threads",
            Self::Caller { .. } => "Caller",
        })
    }
}

/// The key a key file holds. It is not swapped out, is wiped when dropped, and never shows in output.
#[derive(Clone)]
pub struct RootKey(SecretKey);

impl RootKey {
    /// The length of a key.
    pub const BYTES: usize = 32;

    /// Takes the key's bytes. The caller wipes its own copy.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(SecretKey::new(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RootKey(…)")
    }
}
