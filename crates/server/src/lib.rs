//! The request pipeline and the listeners.
//!
//! What it is: HTTP in front, the stages of a request in the middle, and the table of operations
//! bound to `db`. [`Service`] answers requests, a [`Front`] bounds what reaches it at once,
//! [`serve`] lets connections in.
//!
//! What it is not: it has no semantics. What bytes mean is `wire`'s to say, what an operation does
//! is `db`'s.
//!
//! # Invariants
//! - A request passes the stages of [`pipeline`] in their order; nothing is written before it was
//!   authorized and admitted.
//! - Every answer carries a request id and a checksum, but those to a browser that asks before it
//!   calls. Only one function makes answers into responses, and it puts them there. A panic in a
//!   handler is an answer, too: 500 for that request, and its connection lives.
//! - Item values never enter logs. No assertion could tell one from other text: what logs a request
//!   is given no item, and a test looks for one in all that is logged.
//! - No request waits for the unpacking or reading of another's large body: that is `bulk`.
//! - A client that goes away drops its request's future at whatever await it stands; writes below
//!   are carried out whole or not at all. That is the store's promise, and its contract suite's to
//!   prove.
//!
//! # Flow
//! `listeners` accept → [`Service`] tells health checks, operations and nonsense apart and
//! asks `auth` who is calling → `dispatch` finds the operation in `wire`'s table, `codec` reads its
//! input → [`pipeline`] runs it through one file of `operations/` → `codec` writes its output.

mod bulk;
mod codec;
mod dispatch;
#[cfg(test)]
mod fixtures;
mod http;
mod listeners;
mod metrics;
mod operations;
mod panics;
pub mod pipeline;
mod request_log;
mod service;
mod target;

pub use http::{AnswerBody, Patience};
pub use listeners::{Cors, Front, NotAnOrigin, Pem, ServeOptions, Sockets, Tls, TlsError, serve};
pub use service::{Service, ServiceOptions};
