//! HTTP as DynamoDB's endpoint speaks it: listeners, connections, bodies in, answers out.
//!
//! What it is not: it knows no operation. A [`crate::Service`] turns a request into an answer.

mod answer;
mod body;
pub(crate) mod head;
mod listener;
mod request_id;
mod unpack;

pub(crate) use answer::Answer;
pub(crate) use body::{BodyError, read_body};
pub(crate) use request_id::{RequestId, RequestIds};
pub(crate) use unpack::unpacked;

pub use listener::{ServeOptions, serve};
