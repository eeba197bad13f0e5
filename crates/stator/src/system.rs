//! What the machine supplies: the time and identities.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use db::{Clock, Ids};
use uuid::Uuid;

/// The machine's clocks: the one that people set, and the one that nobody does.
#[derive(Debug)]
pub(crate) struct SystemClock {
    made_at: Instant,
}

impl SystemClock {
    pub(crate) fn new() -> Self {
        Self { made_at: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        now_ms()
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.made_at.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

/// Random identities.
#[derive(Debug)]
pub(crate) struct RandomIds {
    writer: u32,
}

impl RandomIds {
    /// Draws this process's identity.
    pub(crate) fn new() -> Self {
        Self { writer: Uuid::new_v4().as_fields().0 }
    }
}

impl Ids for RandomIds {
    fn writer(&self) -> u32 {
        self.writer
    }

    fn table_id(&self) -> String {
        Uuid::new_v4().to_string()
    }
}

/// A seed for what must differ between processes and guards nothing.
pub(crate) fn seed() -> u64 {
    Uuid::new_v4().as_u64_pair().0
}
