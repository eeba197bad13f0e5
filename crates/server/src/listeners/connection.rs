//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, Waker};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use store::Store;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Front;
use super::paced::{Exchanges, Paced};

/// Most bytes that are buffered of a connection: the longest head that is read at all, and the
/// piece in which long bodies come. `head` refuses long before.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

impl<S: Store> Front<S> {
    /// Serves a connection that was just accepted.
    pub(super) async fn welcome(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        mut stopping: watch::Receiver<bool>,
    ) {
        let _connected = self.service.metrics().connected();
        // Answers are small and written whole: waiting to fill a packet only adds latency.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "the connection ended before it began");
            return;
        }
        let Some(tls) = &self.options.tls else {
            return self.converse(stream, peer, stopping).await;
        };
        let handshake = timeout(self.options.patience.handshake, tls.acceptor().accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
            _ = stopping.wait_for(|stopping| *stopping) => return,
        };
        match shaken {
            Ok(stream) => self.converse(stream, peer, stopping).await,
            Err(error) => tracing::debug!(%peer, %error, "no TLS handshake"),
        }
    }

    /// Speaks HTTP, keep-alive and pipelining included, until either side ends it.
    async fn converse<IO>(&self, stream: IO, peer: SocketAddr, mut stopping: watch::Receiver<bool>)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let exchanges = Arc::new(Exchanges::new());
        let stream = Paced::new(stream, self.options.patience, Arc::clone(&exchanges));
        let handler = service_fn(|request| {
            // At once, and not when the answer is first asked for: the stream is read in between.
            let answering = exchanges.begin();
            async move {
                let answer = self.answer(request, Some(peer)).await;
                drop(answering);
                Ok::<_, Infallible>(answer)
            }
        });
        let mut connection = pin!(
            http1::Builder::new()
                .pipeline_flush(true)
                .max_buf_size(BUFFER_BYTES_MAX)
                .serve_connection(TokioIo::new(stream), handler)
        );
        let ended = match ended_before(&mut stopping, connection.as_mut()).await {
            Some(ended) => ended,
            None => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "a connection broke");
        }
    }
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
