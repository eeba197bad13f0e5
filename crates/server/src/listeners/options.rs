//! Settings of the listeners.

use std::sync::Arc;
use std::time::Duration;

use super::{Cors, Tls};
use crate::http::Patience;

/// Settings of a [`Front`](super::Front).
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// How long requests in flight may take to finish once asked to stop.
    pub grace: Duration,
    /// Most connections at once; further ones wait in the system's queue until one ends.
    pub connections_max: usize,
    /// Most bytes of request bodies at once, over all connections; further requests wait. One that
    /// is larger gets in alone.
    pub body_bytes_total_max: usize,
    /// Most bytes of answers with many items that are made at once, over all connections; further
    /// reads of many items wait.
    pub answer_bytes_total_max: usize,
    /// How long a client may keep us waiting.
    pub patience: Patience,
    /// Which web pages may call from a browser; none, unless told.
    pub cors: Option<Cors>,
    /// Speaks HTTPS, and nothing else, with this certificate.
    pub tls: Option<Arc<Tls>>,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(10),
            connections_max: 10_000,
            body_bytes_total_max: 256 << 20,
            answer_bytes_total_max: 256 << 20,
            patience: Patience::default(),
            cors: None,
            tls: None,
        }
    }
}
