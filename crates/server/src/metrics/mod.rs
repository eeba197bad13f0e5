//! What is counted of requests, for whoever watches.
//!
//! What it is: counters and histograms that requests add to without waiting for each other, and
//! their text for Prometheus. `docs/operations.md` lists every name and label.
//!
//! What it is not: it samples nothing and keeps no history; that is the watcher's. Nor is it a
//! library of metrics: those lock a histogram for every observation, and label by text.
//!
//! # Invariants
//! - Labels are operations, error codes, and names of tables and indexes that exist or existed:
//!   what a request merely names makes no series, and there are at most
//!   [`tables::TABLES_MAX`] tables.
//!   Asserted where a table gets its counters.
//! - No value of an item is a label. The types say so: nothing here is given an item.

mod by_table;
mod expiry;
mod process;
mod streams;
mod tables;
mod text;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use db::{ExpiryFigures, StreamFigures};
use model::ConsumedCapacity;
use store::{Figure, Health};
use wire::OperationName;

use crate::target::Target;
use tables::Tables;

pub(crate) use text::CONTENT_TYPE;

/// Counts what happens, from the process's start on.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    tables: Tables,
    connections: Connections,
}

/// One request that was answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered<'a> {
    /// `None`: it named none that is known.
    pub(crate) operation: Option<OperationName>,
    /// What it was about, if it got that far.
    pub(crate) target: Option<&'a Target>,
    /// Why it was refused, if it was.
    pub(crate) error: Option<&'static str>,
    /// From the body's last byte to the answer.
    pub(crate) took: Duration,
}

/// What is not counted but looked up when somebody asks.
#[derive(Debug)]
pub(crate) struct Readings {
    /// Bytes of bodies that are held.
    pub(crate) body_bytes: usize,
    /// Whether the store serves.
    pub(crate) health: Health,
    /// What time to live has done.
    pub(crate) expiry: Vec<ExpiryFigures>,
    /// What went through streams.
    pub(crate) streams: Vec<StreamFigures>,
    /// What the engine says of itself.
    pub(crate) figures: Vec<Figure>,
}

/// How many connections there are and were.
#[derive(Debug, Default)]
struct Connections {
    opened: AtomicU64,
    closed: AtomicU64,
}

/// One connection; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Connected<'a>(&'a Connections);

impl Metrics {
    /// Counts a request.
    pub(crate) fn answered(&self, request: Answered<'_>) {
        self.tables.answered(request);
    }

    /// Counts what a request consumed of each table.
    pub(crate) fn consumed(&self, consumed: &[ConsumedCapacity]) {
        consumed.iter().for_each(|consumed| self.tables.consumed(consumed));
    }

    /// Counts a connection.
    pub(crate) fn connected(&self) -> Connected<'_> {
        self.connections.opened.fetch_add(1, Ordering::Relaxed);
        Connected(&self.connections)
    }

    /// All of it as Prometheus reads it.
    pub(crate) fn text(&self, now: &Readings) -> String {
        let mut text = text::Text::default();
        self.tables.write(&mut text);
        self.connections.write(&mut text);
        let serving = u64::from(now.health == Health::Serving);
        text.gauge(
            "stator_request_body_bytes",
            "Bytes of request bodies in memory.",
            now.body_bytes as u64,
        );
        text.gauge("stator_serving", "1 if the store reads and writes, 0 if not.", serving);
        expiry::write(&now.expiry, &mut text);
        streams::write(&now.streams, &mut text);
        for figure in &now.figures {
            text.figure("stator_engine_", figure);
        }
        process::write(&mut text);
        text.finish()
    }
}

impl Connections {
    fn write(&self, text: &mut text::Text) {
        // In this order, and with the ends made visible after their beginnings, so that none seems
        // to have ended before it began.
        let closed = self.closed.load(Ordering::Acquire);
        let opened = self.opened.load(Ordering::Relaxed);
        let open = opened.checked_sub(closed).unwrap_or_else(|| {
            tracing::error!(opened, closed, "more connections have ended than begun");
            0
        });
        text.gauge("stator_connections", "Connections that are open.", open);
        text.counter("stator_connections_total", "Connections that were opened.", opened);
    }
}

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        self.0.closed.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
