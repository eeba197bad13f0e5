//! Where clients come in: sockets, TLS and connections, each watched for whoever keeps it waiting.
//!
//! What it is not: it reads no request but for what browsers ask first. A [`crate::Service`] turns
//! a request into an answer.
//!
//! # Flow
//! `listener` accepts, at most so many at once → `connection` speaks TLS if asked, and HTTP with
//! whoever keeps up (`paced`) → `front`, where requests from this process come in, too → `cors`
//! tells which web pages may call → the service answers.

mod connection;
mod cors;
mod front;
mod listener;
mod options;
mod paced;
mod tls;

pub use cors::{Cors, NotAnOrigin};
pub use front::Front;
pub use listener::serve;
pub use options::ServeOptions;
pub use tls::{Pem, Tls, TlsError};
