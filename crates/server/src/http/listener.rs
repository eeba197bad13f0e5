//! Accepting connections, and ending them without cutting off an answer.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use store::Store;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Service;

/// How long [`serve`] waits after running out of file handles before it accepts again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Settings of [`serve`].
#[derive(Debug, Clone, Copy)]
pub struct ServeOptions {
    /// How long requests in flight may take to finish once asked to stop.
    pub grace: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { grace: Duration::from_secs(10) }
    }
}

/// Serves connections on all listeners until `stop` resolves; then accepts no more, lets what is
/// in flight finish, closes idle connections, and returns.
pub async fn serve<S: Store>(
    service: Arc<Service<S>>,
    listeners: Vec<TcpListener>,
    options: ServeOptions,
    stop: impl Future<Output = ()>,
) {
    let (stopping, watched) = watch::channel(false);
    let mut acceptors = JoinSet::new();
    for listener in listeners {
        acceptors.spawn(accept(listener, Arc::clone(&service), watched.clone()));
    }
    drop(watched);
    stop.await;
    acceptors.shutdown().await;
    stopping.send_replace(true);
    if tokio::time::timeout(options.grace, stopping.closed()).await.is_err() {
        tracing::warn!(grace = ?options.grace, "requests still in flight were cut off");
    }
}

/// Accepts connections for as long as it is polled. Every connection holds `stopping`.
async fn accept<S: Store>(
    listener: TcpListener,
    service: Arc<Service<S>>,
    stopping: watch::Receiver<bool>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&service), stopping.clone()));
            }
            Err(error) if is_the_connections(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether the error says something of one connection and nothing of the listener.
fn is_the_connections(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

/// Serves one connection, keep-alive and pipelining included, until either side ends it.
async fn connection<S: Store>(
    stream: TcpStream,
    service: Arc<Service<S>>,
    mut stopping: watch::Receiver<bool>,
) {
    // Answers are small and written whole: waiting to fill a packet only adds latency.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection ended before it began");
        return;
    }
    let handler = service_fn(|request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(service.answer(request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new().pipeline_flush(true).serve_connection(TokioIo::new(stream), handler)
    );
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => Some(ended),
        _ = stopping.wait_for(|stopping| *stopping) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
