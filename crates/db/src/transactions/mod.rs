//! Transactions beyond one atomic commit: who is in progress, and which tokens are spent.

mod progress;
mod tokens;

pub(crate) use progress::{InProgress, Refusal, Registry};
pub(crate) use tokens::{SpentToken, Tokens, fingerprint};
