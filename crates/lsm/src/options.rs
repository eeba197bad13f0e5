//! How a tree is opened.

use std::fmt;
use std::sync::Arc;

use crate::disk::Wait;
use crate::files::{Files, SystemFiles};
use crate::secret::SecretKey;
use crate::stepper::Background;

/// A merge moves a table and what it overlaps, some ten more: a table's size bounds its length.
const TABLE_BYTES_MIN: u64 = 8 << 20;
const TABLE_BYTES_MAX: u64 = 32 << 20;
/// A merge out of level 0 rewrites all of the next level.
const BASE_BYTES_MIN: u64 = 64 << 20;
const BASE_BYTES_MAX: u64 = 256 << 20;

/// Sizes of a tree, and the key of its files.
#[derive(Clone)]
pub struct TreeOptions {
    /// What the keys of the files are derived from.
    pub key: SecretKey,
    /// How many bytes at a key's beginning name the group that is mostly read together.
    pub group: fn(&[u8]) -> usize,
    /// Where the files are.
    pub files: Arc<dyn Files>,
    /// Who flushes and merges.
    pub background: Background,
    /// Runs what waits for the disk on a thread that reads.
    pub wait: Wait,
    /// Most memory for blocks read from tables, in bytes. Filled as it is used.
    pub cache_bytes: u64,
    /// Size of a table in memory, in bytes, at which it is written to disk. Up to three are alive.
    pub memtable_bytes: usize,
    /// Size of a table on disk, in bytes, at which another one is begun.
    pub table_bytes: u64,
    /// Most bytes of the level that takes what comes from level 0.
    pub base_bytes: u64,
}

impl TreeOptions {
    /// Options with what follows from the size of a memtable; no groups, the system's
    /// files, and threads that just wait.
    pub fn new(key: SecretKey, cache_bytes: u64, memtable_bytes: usize) -> Self {
        let memtable = memtable_bytes as u64;
        Self {
            key,
            group: |_| 0,
            files: Arc::new(SystemFiles),
            background: Background::Threads,
            wait: |run| run(),
            cache_bytes,
            memtable_bytes,
            table_bytes: (2 * memtable).clamp(TABLE_BYTES_MIN, TABLE_BYTES_MAX),
            base_bytes: (8 * memtable).clamp(BASE_BYTES_MIN, BASE_BYTES_MAX),
        }
    }
}

impl fmt::Debug for TreeOptions {
    /// Everything but the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cache_bytes, memtable_bytes, table_bytes, base_bytes, .. } = self;
        formatter
            .debug_struct("TreeOptions")
            .field("cache_bytes", cache_bytes)
            .field("memtable_bytes", memtable_bytes)
            .field("table_bytes", table_bytes)
            .field("base_bytes", base_bytes)
            .finish_non_exhaustive()
    }
}
