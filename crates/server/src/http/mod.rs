//! HTTP as DynamoDB's endpoint speaks it: heads, bodies in, answers out.
//!
//! What it is not: it knows no operation and no socket. `listeners` let connections in, and a
//! [`crate::Service`] turns a request into an answer.
//!
//! # Flow
//! `head` says what a request is, and `host` whether a web page may send it → `body` receives what
//! it carries, within the `budget` and as fast as `patience` asks (`unpack`) → the `answer` may be
//! compressed (`accept`, `pack`), and is sent as bytes or, if it is long, in pieces (`content`).

mod accept;
mod answer;
mod body;
mod budget;
mod content;
mod head;
mod host;
mod pack;
mod patience;
mod request_id;
mod unpack;

pub(crate) use answer::{Answer, ContentType};
pub(crate) use body::{BodyError, Intake, Packing, Received};
pub(crate) use budget::{Budget, Taken};
pub(crate) use head::Head;
pub(crate) use host::Hosts;
pub(crate) use patience::Pace;
pub(crate) use request_id::{RequestId, RequestIds};
pub(crate) use unpack::unpacked;

pub use content::AnswerBody;
pub use patience::Patience;
