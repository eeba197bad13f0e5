//! What was written to streams and read from them, in numbers.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use parking_lot::Mutex;

/// Counts of one table. Its streams share them, so that they do not fall when an old one goes.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) written: AtomicU64,
    pub(crate) read: AtomicU64,
}

/// How old the last record was that was read of a shard, by the shard's number. Shards that have
/// been read to their end are not there.
#[derive(Debug, Default)]
pub(crate) struct Ages(Mutex<BTreeMap<u32, u64>>);

impl Ages {
    /// Notes a reading; `None`: there is nothing more to read.
    pub(crate) fn note(&self, shard: u32, age_ms: Option<u64>) {
        let mut ages = self.0.lock();
        match age_ms {
            Some(age_ms) => ages.insert(shard, age_ms),
            None => ages.remove(&shard),
        };
    }

    pub(crate) fn greatest(&self) -> u64 {
        self.0.lock().values().copied().max().unwrap_or(0)
    }
}
