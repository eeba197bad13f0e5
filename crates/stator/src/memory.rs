//! How the memory that a Stator may take is divided.
//!
//! It is a bound on what is held on purpose, with room for what that costs besides: a body is held
//! as text, as values and as bytes to be stored at once, an answer as rows and as text.

use local::LocalOptions;
use server::ServeOptions;

/// The program itself, its threads, and what the allocator keeps.
const BASE_BYTES: usize = 24 << 20;
/// The engine's memtables hold a commit of a few megabytes whole.
const MEMTABLE_BYTES_MIN: usize = 4 << 20;
/// Larger ones are not faster, and take longer to write out.
const MEMTABLE_BYTES_MAX: usize = 64 << 20;

/// Memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory(usize);

impl Memory {
    /// The least a Stator works with.
    pub const MIN_BYTES: usize = 64 << 20;
    /// What it takes unless told.
    pub const DEFAULT_BYTES: usize = 512 << 20;

    /// `None` for less than [`Memory::MIN_BYTES`].
    pub fn new(bytes: usize) -> Option<Self> {
        (bytes >= Self::MIN_BYTES).then_some(Self(bytes))
    }

    /// Sizes the engine's memory. Three memtables may be alive; the queue holds what is submitted and
    /// not yet in one.
    pub(crate) fn limit_store(self, options: LocalOptions) -> LocalOptions {
        let memtable_bytes = self.share(24).clamp(MEMTABLE_BYTES_MIN, MEMTABLE_BYTES_MAX);
        LocalOptions {
            cache_bytes: self.share(5) as u64,
            memtable_bytes,
            queue_bytes_max: self.share(16),
            ..options
        }
    }

    /// Bounds the bodies and the answers that are in memory at once.
    pub(crate) fn limit_server(self, options: ServeOptions) -> ServeOptions {
        ServeOptions {
            body_bytes_total_max: self.share(10),
            answer_bytes_total_max: self.share(10),
            ..options
        }
    }

    fn share(self, of: usize) -> usize {
        assert!(self.0 >= Self::MIN_BYTES, "nobody gets less than the least");
        (self.0 - BASE_BYTES) / of
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self(Self::DEFAULT_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use local::RootKey;

    use super::*;

    /// What may be held at once: bodies threefold, see the module.
    fn held(memory: Memory) -> usize {
        let key = RootKey::new([0; RootKey::BYTES]);
        let store = memory.limit_store(LocalOptions::new("", key));
        let server = memory.limit_server(ServeOptions::default());
        BASE_BYTES
            + usize::try_from(store.cache_bytes).unwrap()
            + 3 * store.memtable_bytes
            + store.queue_bytes_max
            + 3 * server.body_bytes_total_max
            + server.answer_bytes_total_max
    }

    #[test]
    fn the_shares_stay_within_the_whole() {
        for bytes in [Memory::MIN_BYTES, 100 << 20, Memory::DEFAULT_BYTES, 64 << 30] {
            let held = held(Memory::new(bytes).unwrap());
            assert!(held <= bytes, "{held} of {bytes}");
        }
    }

    #[test]
    fn less_than_the_least_is_refused() {
        assert_eq!(Memory::new(Memory::MIN_BYTES - 1), None);
    }
}
