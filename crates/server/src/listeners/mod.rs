//! Where clients come in: sockets, TLS and connections, each watched for whoever keeps it waiting.
//!
//! What it is not: it reads no request but for what browsers ask first. A [`crate::Service`] turns
//! a request into an answer.
//!
//! # Flow
//! `listener` accepts, at most so many at once (`places`) → `connection` speaks TLS if asked, and HTTP with
//! whoever keeps up (`paced`, by what `exchanges` says and how `line_ends` look) → `front`, where requests from this process come in, too → `cors`
//! tells which web pages may call → the service answers.

mod connection;
mod cors;
mod exchanges;
mod front;
mod line_ends;
mod listener;
mod options;
mod paced;
mod places;
mod tls;

pub use cors::{Cors, NotAnOrigin};
pub use front::Front;
pub use listener::{Sockets, serve};
pub use options::ServeOptions;
pub use tls::{Pem, Tls, TlsError};
