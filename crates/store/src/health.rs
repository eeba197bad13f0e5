//! What a store can do at the moment.

use std::sync::Arc;

/// Whether a store serves, for whoever reports on it. It may change at any time: what a request
/// meets is said by its own answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Reads and writes.
    Serving,
    /// Reads only: writes fail with [`StoreError::ReadOnly`](crate::StoreError::ReadOnly) until the
    /// cause is gone, and then go on by themselves.
    ReadOnly {
        /// What the engine says of the cause.
        reason: Arc<str>,
    },
    /// Nothing, until it is opened anew.
    Stopped {
        /// What the engine says of the cause.
        reason: Arc<str>,
    },
}
