//! Sockets to listen on.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::StartError;

/// The addresses to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// On `127.0.0.1` and, if the machine has it, on `::1`, with one port; 0 picks a free one.
    Loopback {
        /// The port.
        port: u16,
    },
    /// On exactly these addresses.
    Addresses(Vec<SocketAddr>),
}

/// The sockets, bound.
#[derive(Debug)]
pub(crate) struct Bound {
    /// In the order asked for.
    pub(crate) listeners: Vec<TcpListener>,
    /// Their addresses, free ports resolved.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Why `::1` is not among them although it was wanted.
    pub(crate) without_ipv6: Option<io::Error>,
}

impl Bound {
    /// Binds every address or none.
    pub(crate) async fn new(listen: &Listen) -> Result<Self, StartError> {
        match listen {
            Listen::Loopback { port } => Self::loopback(*port).await,
            Listen::Addresses(addresses) if addresses.is_empty() => Err(StartError::NoAddress),
            Listen::Addresses(addresses) => Self::exactly(addresses).await,
        }
    }

    /// Binds these addresses, or none.
    pub(crate) async fn exactly(addresses: &[SocketAddr]) -> Result<Self, StartError> {
        let mut bound = Self::empty();
        for address in addresses {
            bound.add(*address).await?;
        }
        Ok(bound)
    }

    /// IPv4 must succeed. IPv6 may be absent from the machine, but a port that somebody else holds
    /// there would split clients that say `localhost` between two servers.
    async fn loopback(port: u16) -> Result<Self, StartError> {
        let mut bound = Self::empty();
        let address = bound.add(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let sibling = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), address.port());
        match bound.add(sibling).await {
            Ok(_) => {}
            Err(StartError::CannotListen { error, .. }) => bound.without_ipv6 = Some(error),
            // A free port of IPv4 may be taken on IPv6; nobody was promised it there.
            Err(StartError::PortInUse { .. }) if port == 0 => {}
            Err(error) => return Err(error),
        }
        Ok(bound)
    }

    fn empty() -> Self {
        Self { listeners: Vec::new(), addresses: Vec::new(), without_ipv6: None }
    }

    async fn add(&mut self, address: SocketAddr) -> Result<SocketAddr, StartError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse { address },
            _ => StartError::CannotListen { address, error },
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        self.listeners.push(listener);
        self.addresses.push(local);
        Ok(local)
    }
}
