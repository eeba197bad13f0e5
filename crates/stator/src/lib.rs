//! Stator, embedded: DynamoDB's protocol served from inside this process.
//!
//! What it is: [`Stator`] composes an engine, the database and the HTTP server, and is what the
//! binary runs. A test starts one in a line:
//!
//! ```
//! # async fn example() -> Result<(), stator::StartError> {
//! let stator = stator::Stator::in_memory().start().await?;
//! let endpoint = stator.endpoint(); // give it to any AWS SDK
//! # Ok(())
//! # }
//! ```
//!
//! With the feature `sdk`, `Stator::http_client` makes the AWS SDK for Rust call it without a socket.
//!
//! What it is not: it has no semantics of its own; those live in `db`. It is the only place that
//! knows the engines by name ([`Engine`]) and the only one that touches key files.
//!
//! Flow of a start: sockets → key → engine → catalog → serve. Nothing is written before every
//! check that can fail without writing has passed.

mod bind;
mod builder;
mod certificate;
pub mod cli;
mod engine;
mod error;
mod exposure;
mod key_file;
mod keys;
mod memory;
mod running;
#[cfg(feature = "sdk")]
mod sdk;
mod system;

pub use bind::Listen;
pub use builder::Builder;
/// How changes are kept in streams, and how items expire.
pub use db::{ExpiryOptions, StreamOptions};
pub use engine::{Engine, EngineGuard};
pub use error::StartError;
pub use exposure::Exposure;
pub use keys::{KeysRotated, rotate_keys};
pub use memory::Memory;
pub use running::{Stator, StorageInfo};
#[cfg(feature = "sdk")]
pub use sdk::HttpClient;
/// Which web pages may call from a browser.
pub use server::{Cors, NotAnOrigin};
