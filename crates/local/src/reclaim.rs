//! Giving the space of removed rows back, in the background.
//!
//! Removals in memory free nothing: before a round what is in memory is written to a table, and no
//! commit is under way meanwhile ([`Engine::flush`](crate::engine::Engine::flush)). Compacting a
//! range may rewrite tables of its neighbours, so one round runs at a time, and ranges removed
//! meanwhile share the next one. Those that wait when the store is closed are left to the engine's
//! own compactions.

use std::sync::Arc;

use store::KeyBounds;
use tokio::task::{JoinSet, spawn_blocking};

use crate::engine::Engine;
use crate::shared::Shared;

/// Ranges to compact.
#[derive(Default)]
pub(crate) struct Reclaiming {
    waiting: Vec<KeyBounds>,
    /// One round at most.
    round: JoinSet<()>,
}

impl Reclaiming {
    /// Notes a range whose rows are durably removed.
    pub(crate) fn add(&mut self, bounds: KeyBounds) {
        debug_assert!(!bounds.is_empty(), "something lay within what was removed");
        self.waiting.push(bounds);
    }

    /// Starts a round, if there is something to do and none is running.
    /// No commit may be under way.
    pub(crate) async fn start(&mut self, shared: &Shared) {
        while self.round.try_join_next().is_some() {}
        if self.round.is_empty() && !self.waiting.is_empty() {
            let Some(engine) = shared.engine_slot.engine_now() else { return };
            let ranges = std::mem::take(&mut self.waiting);
            flush(&engine).await;
            self.round.spawn_blocking(move || engine.reclaim(&ranges));
            debug_assert_eq!(self.round.len(), 1, "one round runs at a time");
        }
    }

    /// Waits for the end of the round; for ever when none is running.
    pub(crate) async fn round_ended(&mut self) {
        if self.round.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until nothing touches the engine's files. On a closed engine a round ends after the
    /// step it is at.
    pub(crate) async fn finish(mut self) {
        while self.round.join_next().await.is_some() {}
    }
}

/// Writes what is in memory to a table.
pub(crate) async fn flush(engine: &Arc<Engine>) {
    let engine = Arc::clone(engine);
    if let Err(died) = spawn_blocking(move || engine.flush()).await {
        tracing::error!(%died, "writing memory to a table");
    }
}
