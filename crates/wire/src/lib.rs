//! Bytes to typed operations, and back.
//!
//! What it is: DynamoDB's JSON 1.0 protocol without the sockets. The table of operations
//! ([`for_each_operation`]), a request's way from bytes to [`Operation::Input`], an answer's way
//! from [`Operation::Output`] to bytes, and the error envelope.
//!
//! What it is not: it opens no connection, reads no header, evaluates no expression and knows no
//! table. Whether a request makes sense for the table it names is `db`'s to say.
//!
//! The flow of [`decode`], first failure wins except inside step 3:
//!
//! ```text
//! bytes ─1─ JSON tree ─2─ types of the shape ─3─ constraints of the shape ─4─ typed input
//!           borrowed      SerializationException  accumulate               values, placeholders
//! ```
//!
//! Between the last two, requests that mix expressions with the parameters from before them are
//! refused (`legacy`).
//!
//! Invariants: shapes and constraints come from the service model alone, through
//! `cargo xtask codegen`; no input makes it panic or recurse without bound; answers are printed
//! straight from item bytes, without a tree between.

mod constraints;
mod description;
mod echo;
mod encode;
mod error;
mod generated;
pub mod item;
mod json;
mod legacy;
mod names;
mod operation;
pub mod operations;
mod pattern;
mod request;
mod response;
mod shape;
mod streams;
mod table;
mod tags;
mod types;
mod value;

pub use error::ErrorBody;
pub use json::Members;
pub use operation::{Class, Operation, OperationName, Permission};
pub use request::{Placeholders, WriteTerms, decode};
pub use response::{CapacityReport, PageAnswer, WriteAnswer};
pub use shape::Shape;
