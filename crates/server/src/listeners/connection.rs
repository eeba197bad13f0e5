//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response};
use hyper_util::rt::TokioIo;
use store::Store;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Front;
use super::exchanges::{Answering, Exchanges};
use super::paced::Paced;
use super::places::Place;
use crate::http::AnswerBody;
use crate::service::Door;

/// Most bytes that are buffered of a connection: the longest head that is read at all, and the
/// piece in which long bodies come. `head` refuses long before.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// How long the rest of what is no request is listened to, and how much of it: closing on bytes that
/// nobody has read makes the other side's system throw away what was said to it.
const LINGERS: Duration = Duration::from_secs(2);
const LINGER_BYTES_MAX: u64 = 1 << 20;

/// A connection, besides its stream.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) peer: SocketAddr,
    /// Where it came in.
    pub(super) door: Door,
    pub(super) exchanges: Arc<Exchanges>,
    pub(super) place: Place,
}

impl<S: Store> Front<S> {
    /// Serves a connection that was just accepted.
    pub(super) async fn welcome(
        self: Arc<Self>,
        stream: TcpStream,
        visit: Visit,
        mut stopping: watch::Receiver<bool>,
    ) {
        let peer = visit.peer;
        let _connected = self.service.metrics().connected();
        // Answers are small and written whole: waiting to fill a packet only adds latency.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "the connection ended before it began");
            return;
        }
        let Some(tls) = &self.options.tls else {
            return self.converse(stream, &visit, stopping).await;
        };
        let handshake = timeout(self.options.patience.handshake, tls.acceptor().accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = visit.gives_way() => return,
        };
        match shaken {
            Ok(stream) => self.converse(stream, &visit, stopping).await,
            Err(error) => tracing::debug!(%peer, %error, "no TLS handshake"),
        }
    }

    /// Speaks HTTP, keep-alive and pipelining included, until either side ends it.
    ///
    /// hyper reads the next head only when the answer before it has gone, bodies having been read
    /// before they are answered: a client that sends and never reads costs one answer.
    async fn converse<IO>(&self, stream: IO, visit: &Visit, mut stopping: watch::Receiver<bool>)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let Visit { peer, door, exchanges, place } = visit;
        let stream = Paced::new(stream, self.options.patience, Arc::clone(exchanges));
        let handler = service_fn(|request| {
            // At once, and not when the answer is first asked for: the stream is read in between.
            let answering = exchanges.begin();
            async move {
                if place.is_guests() && request.method() == Method::POST {
                    place.seat().await;
                }
                let answer = self.answer_at(*door, request, Some(*peer)).await;
                Ok::<_, Infallible>(answer.map(|body| Told { body, _answering: answering }))
            }
        });
        let mut connection = http1::Builder::new()
            .max_buf_size(BUFFER_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), handler);
        let ended = match ended_before(&mut stopping, Pin::new(&mut connection)).await {
            Some(ended) => ended,
            None => {
                Pin::new(&mut connection).graceful_shutdown();
                (&mut connection).await
            }
        };
        let refused = is_refused(exchanges, &ended);
        if let Err(error) = &ended {
            tracing::debug!(%peer, %error, "a connection broke");
        }
        if refused {
            let refusal = match ended {
                Err(error) if error.is_parse_too_large() => self.service.refuse_head(),
                _ => self.service.refuse(),
            };
            let stream = connection.into_parts().io.into_inner().into_inner();
            let refused = timeout(self.options.patience.write, refuse(stream, refusal)).await;
            tracing::debug!(%peer, ?refused, "what came was no request");
        }
    }
}

/// An answer's body, and that it is not told to its end.
#[derive(Debug)]
struct Told {
    body: AnswerBody,
    _answering: Answering,
}

impl Body for Told {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Visit {
    /// Ready when the connection is to give way to another.
    async fn gives_way(&self) {
        poll_fn(|context| {
            self.exchanges.woken_by(context.waker());
            if self.exchanges.gives_way() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Whether the connection ended because what came is no request, or half of one.
fn is_refused(exchanges: &Exchanges, ended: &Result<(), hyper::Error>) -> bool {
    let is_no_request = |error: &hyper::Error| error.is_parse() || error.is_incomplete_message();
    let broke_off = exchanges.are_over() && !exchanges.gives_way();
    exchanges.is_malformed() || broke_off && ended.as_ref().is_err_and(is_no_request)
}

/// Says what is wrong, in full, and that it was the last word.
async fn refuse<IO>(mut stream: IO, refusal: Response<AnswerBody>) -> io::Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let (head, body) = refusal.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    let mut said = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        said.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let length = body.len();
    said.extend(format!("content-length: {length}\r\nconnection: close\r\n\r\n").into_bytes());
    said.extend_from_slice(&body);
    stream.write_all(&said).await?;
    stream.shutdown().await?;
    let (mut rest, mut nowhere) = (stream.take(LINGER_BYTES_MAX), tokio::io::sink());
    let lingering = tokio::io::copy(&mut rest, &mut nowhere);
    // Whoever still talks has had the time to listen.
    timeout(LINGERS, lingering).await.map_or(Ok(()), |heard| heard.map(drop))
}

/// What the connection ends with; `None` if the server is to stop before.
///
/// What all connections wait for is behind locks that they share. So it is asked again only when it
/// has something to say, or has to wake another task than it was told to.
async fn ended_before<C: Future>(
    stopping: &mut watch::Receiver<bool>,
    mut connection: Pin<&mut C>,
) -> Option<C::Output> {
    let watched = stopping.clone();
    let mut stopping = pin!(stopping.wait_for(|stopping| *stopping));
    let mut wakes = Waker::noop().clone();
    poll_fn(|context| {
        if let Poll::Ready(ended) = connection.as_mut().poll(context) {
            return Poll::Ready(Some(ended));
        }
        if wakes.will_wake(context.waker()) && matches!(watched.has_changed(), Ok(false)) {
            return Poll::Pending;
        }
        wakes.clone_from(context.waker());
        stopping.as_mut().poll(context).map(|_| None)
    })
    .await
}

#[cfg(test)]
mod tests;
