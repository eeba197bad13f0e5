//! Bytes to typed operations, and back.
//!
//! What it is: DynamoDB's JSON 1.0 protocol without the sockets. The table of operations
//! ([`for_each_operation`]), a request's way from bytes to [`Operation::Input`], an answer's way
//! from [`Operation::Output`] to bytes, and the error envelope.
//!
//! What it is not: it opens no connection, reads no header, evaluates no expression and knows no
//! table. Whether a request makes sense for the table it names is `db`'s to say.
//!
//! The flow of [`decode()`]: a pull reader straight into the typed input; and where that does not fit,
//! a tree, which is checked step by step for the refusal that comes first (`decode` and
//! `explanation` say how the two go together).
//!
//! # Invariants
//! - Shapes and constraints come from the service model alone, through `cargo xtask codegen`, whose
//!   test compares what is generated with what is here.
//! - No input makes it panic or recurse without bound. So an assertion here speaks of what an
//!   earlier check has seen to, and of what is written; the fuzz targets and the changed bodies of
//!   `decode/tests.rs` try to reach them.
//! - The two ways to read a body give the same verdict. A body that breaks this is logged and
//!   answered as a fault of ours instead of asserted: a client has sent it.
//! - Answers are printed straight from item bytes, without a tree between: [`Encode`] takes none.

mod constraints;
mod decode;
mod echo;
mod encode;
mod error;
mod escape;
mod explanation;
mod generated;
pub mod item;
mod json;
mod legacy;
mod names;
mod operation;
mod pattern;
mod reader;
mod response;
mod shape;
mod streams;
mod structure;
mod table;
mod text;
mod types;
mod value;

pub use decode::{Decode, decode};
pub use encode::Encode;
pub use error::ErrorBody;
pub use operation::{Class, Operation, OperationName};
pub use reader::{Fit, Reader, Unfit};
pub use shape::Shape;
pub use text::{LongText, Text};

/// The operations, as types.
pub mod operations {
    pub use crate::generated::operations::*;
}
