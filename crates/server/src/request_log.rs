//! What the log says of a request: never an item, a key or an expression.

use std::net::SocketAddr;
use std::time::Duration;

use model::TableRef;

use crate::http::{Answer, RequestId, head};

/// One request, answered.
pub(crate) struct Event<'a> {
    pub(crate) id: &'a RequestId,
    /// Who sent it.
    pub(crate) peer: SocketAddr,
    /// The operation, as the request names it.
    pub(crate) target: &'a str,
    /// The first table it names.
    pub(crate) table: Option<&'a TableRef>,
    /// Why it was refused, if it was.
    pub(crate) error: Option<&'static str>,
    /// Bytes of the request's body.
    pub(crate) bytes_in: usize,
    pub(crate) answer: &'a Answer,
    /// From the body's last byte to the answer.
    pub(crate) took: Duration,
}

/// One line for every level, with the same fields.
macro_rules! log {
    ($level:ident, $event:expr, $message:literal) => {
        tracing::$level!(
            request_id = %$event.id,
            operation = $event.operation(),
            table = $event.table.map(TableRef::as_str),
            latency_us = $event.took.as_micros(),
            status = $event.answer.status.as_u16(),
            error = $event.error,
            bytes_in = $event.bytes_in,
            bytes_out = $event.answer.body.len(),
            peer = %$event.peer,
            $message
        )
    };
}

impl Event<'_> {
    /// Logs it: what failed here as an error, what took longer than `slow_after` as a warning, all
    /// else for whoever asks for every request.
    pub(crate) fn log(&self, slow_after: Duration) {
        match self.error {
            _ if self.answer.status.is_server_error() => log!(error, self, "failed"),
            _ if self.took > slow_after => log!(warn, self, "slow"),
            None => log!(debug, self, "answered"),
            Some(_) => log!(debug, self, "refused"),
        }
    }

    fn operation(&self) -> &str {
        self.target.strip_prefix(head::TARGET_PREFIX).unwrap_or(self.target)
    }
}
