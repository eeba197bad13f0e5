//! HTTP as DynamoDB's endpoint speaks it: listeners, connections, bodies in, answers out.
//!
//! What it is not: it knows no operation. A [`crate::Service`] turns a request into an answer.
//!
//! # Flow
//! `listener` accepts, at most so many at once → `connection` speaks TLS if asked, and HTTP with
//! whoever keeps up (`paced`) → `cors` tells which web pages may call → the service receives the
//! body (`body`, within the `budget`; `unpack`) → its answer may be compressed (`accept`, `pack`).

mod accept;
mod answer;
mod body;
mod budget;
mod connection;
mod cors;
pub(crate) mod head;
mod listener;
mod options;
mod paced;
mod pack;
mod request_id;
mod tls;
mod unpack;

pub(crate) use answer::{Answer, ContentType};
pub(crate) use body::{Intake, Packing};
pub(crate) use budget::{Budget, Room};
pub(crate) use request_id::{RequestId, RequestIds};
pub(crate) use unpack::unpacked;

pub use cors::{Cors, NotAnOrigin};
pub use listener::serve;
pub use options::{Patience, ServeOptions};
pub use tls::{Pem, Tls, TlsError};
