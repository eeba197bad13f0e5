//! What a client may keep a connection waiting for, and how long.

use std::time::Duration;

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
