//! Accepting connections, and ending them without cutting off an answer.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use store::Store;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::Front;

/// How long [`serve`] waits after running out of file handles before it accepts again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long the log does not repeat that there are too many connections.
const SAID_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Serves connections on all listeners until `stop` resolves; then accepts no more, lets what is
/// in flight finish, closes idle connections, and returns.
pub async fn serve<S: Store>(
    front: Arc<Front<S>>,
    listeners: Vec<TcpListener>,
    stop: impl Future<Output = ()>,
) {
    let grace = front.options.grace;
    let places = Arc::new(Places::new(front.options.connections_max));
    let (stopping, watched) = watch::channel(false);
    let mut acceptors = JoinSet::new();
    for listener in listeners {
        acceptors.spawn(accept(listener, Arc::clone(&front), Arc::clone(&places), watched.clone()));
    }
    drop(watched);
    stop.await;
    acceptors.shutdown().await;
    stopping.send_replace(true);
    if tokio::time::timeout(grace, stopping.closed()).await.is_err() {
        tracing::warn!(?grace, "requests still in flight were cut off");
    }
}

/// Accepts connections for as long as it is polled. Every connection holds `stopping`.
async fn accept<S: Store>(
    listener: TcpListener,
    front: Arc<Front<S>>,
    places: Arc<Places>,
    stopping: watch::Receiver<bool>,
) {
    loop {
        // Whoever has no place waits in the system's queue, and nobody who has one is disturbed.
        let place = places.next().await;
        let (stream, peer) = next_stream(&listener).await;
        let serving = Arc::clone(&front).welcome(stream, peer, stopping.clone());
        tokio::spawn(async move {
            serving.await;
            drop(place);
        });
    }
}

/// The next connection that there is. Without file handles it waits for one to come back.
async fn next_stream(listener: &TcpListener) -> (TcpStream, std::net::SocketAddr) {
    let mut failing = false;
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_the_connections(&error) => {}
            Err(error) => {
                if !failing {
                    tracing::warn!(%error, "cannot accept connections; trying on");
                }
                failing = true;
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

/// As many connections as there may be at once.
#[derive(Debug)]
struct Places {
    free: Arc<Semaphore>,
    connections_max: usize,
    /// When it was last said that there are none.
    said: Mutex<Option<Instant>>,
}

impl Places {
    fn new(connections_max: usize) -> Self {
        let connections_max = connections_max.clamp(1, Semaphore::MAX_PERMITS);
        let free = Arc::new(Semaphore::new(connections_max));
        Self { free, connections_max, said: Mutex::new(None) }
    }

    /// A place, once there is one.
    async fn next(&self) -> OwnedSemaphorePermit {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return place;
        }
        self.say_that_it_is_full();
        let place = Arc::clone(&self.free).acquire_owned().await;
        place.expect("nobody closes the semaphore")
    }

    /// As often as a person would want to read it.
    fn say_that_it_is_full(&self) {
        let mut said = self.said.lock();
        if said.is_none_or(|said| said.elapsed() > SAID_AGAIN_AFTER) {
            *said = Some(Instant::now());
            let connections_max = self.connections_max;
            tracing::warn!(connections_max, "no further connections are taken until one ends");
        }
    }
}
