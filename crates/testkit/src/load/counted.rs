//! A number of requests over one connection, for a bench that counts instead of timing.

use std::net::SocketAddr;

use super::{Scenario, check, prepare};
use crate::http::Connection;

/// A connection, and the requests of a scenario that follow each other on it round and round.
#[derive(Debug)]
pub struct Repeater {
    connection: Connection,
    requests: Vec<Vec<u8>>,
    sent: usize,
}

impl Repeater {
    /// Connects.
    ///
    /// # Errors
    /// Those of the socket.
    pub async fn open(address: SocketAddr, scenario: Scenario) -> anyhow::Result<Self> {
        let connection = Connection::open(address).await?;
        Ok(Self { connection, requests: prepare(scenario, 0, 1), sent: 0 })
    }

    /// Sends the next `count` requests, each when the one before is answered.
    ///
    /// # Errors
    /// A broken connection; any answer but 200.
    pub async fn send(&mut self, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            let request = &self.requests[self.sent % self.requests.len()];
            check(self.connection.exchange(request).await?)?;
            self.sent += 1;
        }
        Ok(())
    }
}
