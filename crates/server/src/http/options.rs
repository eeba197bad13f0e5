//! Settings of the listeners.

use std::sync::Arc;
use std::time::Duration;

use super::{Cors, Tls};

/// Settings of [`serve`](super::serve).
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

/// How long a client may keep a connection waiting, for each thing that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the next request.
    pub idle: Duration,
    /// For the whole head of a request, from its first byte, and for the first byte of all.
    pub head: Duration,
    /// For a body, besides the time it takes at [`Patience::body_bytes_per_second_min`].
    pub body: Duration,
    /// The slowest that a body may come in the long run.
    pub body_bytes_per_second_min: u32,
    /// For the next byte of an answer to be taken.
    pub write: Duration,
    /// For the TLS handshake.
    pub handshake: Duration,
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

/// Idle for longer than SDKs keep connections in their pools, so that none meets a closed one; the
/// rest as a bad line still manages.
impl Default for Patience {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(300),
            head: Duration::from_secs(20),
            body: Duration::from_secs(20),
            body_bytes_per_second_min: 16 * 1024,
            write: Duration::from_secs(60),
            handshake: Duration::from_secs(20),
        }
    }
}
