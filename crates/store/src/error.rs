//! What can go wrong below, said as what the caller must do.

use std::sync::Arc;

/// A storage failure.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The engine no longer serves (closed, or poisoned by a failed write): stop, and reopen.
    #[error("the store has stopped: {reason}")]
    Stopped {
        /// What the engine says of the cause.
        reason: Arc<str>,
    },
    /// Nothing can be written for now; reads go on, later writes may succeed. This write was not
    /// made, or is undone before the next one is; only a crash before that may leave it.
    #[error("the store is read-only: {reason}")]
    ReadOnly {
        /// What the engine says of the cause.
        reason: Arc<str>,
    },
    /// This request failed; later ones may succeed.
    #[error("storage failed: {reason}")]
    Failed {
        /// What the engine says of the cause.
        reason: Arc<str>,
    },
    /// Stored bytes are not what was written: say where, return nothing.
    #[error("damaged data: {reason}")]
    Damaged {
        /// File and offset where known.
        reason: Arc<str>,
    },
}

impl StoreError {
    /// A [`StoreError::Stopped`].
    pub fn stopped(reason: impl Into<Arc<str>>) -> Self {
        Self::Stopped { reason: reason.into() }
    }

    /// A [`StoreError::ReadOnly`].
    pub fn read_only(reason: impl Into<Arc<str>>) -> Self {
        Self::ReadOnly { reason: reason.into() }
    }

    /// A [`StoreError::Failed`].
    pub fn failed(reason: impl Into<Arc<str>>) -> Self {
        Self::Failed { reason: reason.into() }
    }

    /// A [`StoreError::Damaged`].
    pub fn damaged(reason: impl Into<Arc<str>>) -> Self {
        Self::Damaged { reason: reason.into() }
    }
}
