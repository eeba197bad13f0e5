//! What the log says of a request: never an item, a key or an expression.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use crate::http::{Answer, Head, RequestId};
use crate::target::Target;

/// One request, answered.
pub(crate) struct Event<'a> {
    pub(crate) id: &'a RequestId,
    /// Who sent it; nobody but this process, if absent.
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) head: &'a Head<'a>,
    /// What it is about, if it got that far.
    pub(crate) target: Option<&'a Target>,
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
            table = $event.target.map(|target| target.table.as_str()),
            index = $event.target.and_then(|target| target.index.as_deref()),
            latency_us = $event.latency_us(),
            status = $event.answer.status.as_u16(),
            error = $event.error,
            access_key_id = $event.access_key_id().as_deref(),
            bytes_in = $event.bytes_in,
            bytes_out = $event.answer.body.bytes(),
            peer = $event.peer.map(tracing::field::display),
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

    /// The operation, as the request names it.
    fn operation(&self) -> &str {
        let target = self.head.target();
        target.split_once('.').map_or(target, |(_, operation)| operation)
    }

    /// Of the kind that JSON has numbers for.
    fn latency_us(&self) -> u64 {
        u64::try_from(self.took.as_micros()).unwrap_or(u64::MAX)
    }

    /// Who signed it, by their own account. Asked for when a line is written, and not before.
    fn access_key_id(&self) -> Option<Cow<'_, str>> {
        auth::authenticate(self.head.claim()).ok().map(|caller| caller.access_key_id)
    }
}
