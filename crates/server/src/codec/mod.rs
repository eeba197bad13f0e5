//! Codecs: how operations are written as bytes.
//!
//! What it is: a [`Codec`] writes one operation, a [`Protocol`] every one of them and what refuses
//! them. [`Json10`] is the protocol that AWS's SDKs speak; a second one runs in the tests, so that
//! nothing behind the codecs can lean on the first.
//!
//! ```text
//! bytes ── Codec::input ──→ O::Input ─ pipeline ─→ O::Output ── Codec::output ──→ bytes
//!                                              └─→ ApiError ─── Protocol::error ──→ bytes
//! ```
//!
//! What it is not: it knows no transport. Which HTTP status an error has, and how a body is
//! compressed, is `http`'s.

mod json;
#[cfg(test)]
pub(crate) mod lines;

use model::ApiError;
use wire::{Operation, Text};

pub(crate) use json::Json10;

/// Writes one operation's input and output as bytes.
pub(crate) trait Codec<O: Operation> {
    /// Reads what the operation takes.
    ///
    /// # Errors
    /// Bytes that are no input of the operation, or one that the model's constraints refuse.
    fn input(&self, bytes: &[u8]) -> Result<O::Input, ApiError>;

    /// Writes what the operation gives.
    fn output(&self, output: &O::Output) -> Text;
}

macro_rules! declare_protocol {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        /// Writes every operation, and what refuses it.
        pub(crate) trait Protocol: Sync $(+ Codec<wire::operations::$name>)* {
            /// Writes a failure.
            fn error(&self, error: &ApiError) -> Text;
        }
    };
}

wire::for_each_operation!(declare_protocol);
