//! Accepting connections, and ending them without cutting off an answer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use store::Store;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Front;
use super::connection::Visit;
use super::exchanges::Exchanges;
use super::places::Places;
use crate::service::Door;

/// How long [`serve`] waits after running out of file handles before it accepts again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Most connections at once on the sockets apart.
const ADMIN_CONNECTIONS_MAX: usize = 64;

/// Sockets to accept connections on.
#[derive(Debug, Default)]
pub struct Sockets {
    /// For whoever calls operations, and for all else unless there are sockets apart.
    pub clients: Vec<TcpListener>,
    /// For whoever watches: health and metrics, and nothing else.
    pub admin: Vec<TcpListener>,
}

/// Serves connections on all sockets until `stop` resolves; then accepts no more, lets what is
/// in flight finish, closes idle connections, and returns.
pub async fn serve<S: Store>(
    front: Arc<Front<S>>,
    sockets: Sockets,
    stop: impl Future<Output = ()>,
) {
    let grace = front.options.grace;
    let idle_min = front.options.patience.idle_crowded;
    let crowded = front.intake.crowded();
    let places =
        |connections_max, crowded| Arc::new(Places::new(connections_max, idle_min, crowded));
    let (stopping, watched) = watch::channel(false);
    let mut acceptors = JoinSet::new();
    let Sockets { clients, admin } = sockets;
    let door = if admin.is_empty() { Door::All } else { Door::Clients };
    for (listeners, door, places) in [
        (clients, door, places(front.options.connections_max, crowded)),
        (admin, Door::Admin, places(ADMIN_CONNECTIONS_MAX, Arc::default())),
    ] {
        for listener in listeners {
            let (front, places) = (Arc::clone(&front), Arc::clone(&places));
            acceptors.spawn(accept(listener, front, door, places, watched.clone()));
        }
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
    door: Door,
    places: Arc<Places>,
    stopping: watch::Receiver<bool>,
) {
    loop {
        let (stream, peer) = next_stream(&listener).await;
        let exchanges = Arc::new(Exchanges::new());
        // While one waits for a place, all others do in the system's queue.
        let place = places.next(peer.ip(), &exchanges).await;
        let visit = Visit { peer, door, exchanges, place };
        tokio::spawn(Arc::clone(&front).welcome(stream, visit, stopping.clone()));
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
