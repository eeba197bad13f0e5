//! The core workloads of YCSB, the Yahoo! Cloud Serving Benchmark, in DynamoDB's operations.
//!
//! Items have ten fields of 100 bytes. Which of them are asked for is uneven, as it is with users
//! ([`zipf`]): one item has a 26th of all requests. A read is a GetItem, eventually consistent; an
//! update sets one field; an insert puts a whole item under a number that was not there.
//!
//! Workload E asks for short ranges. Its users, YCSB says, read the posts of a thread from one of
//! them on. So a range is a Query of one partition, from an item on that is chosen like those of
//! the other workloads, of 1 to 100 items, as often one number as another. YCSB's own binding sends
//! a Scan with a limit, which goes on in the order of hashes, an order that tells an application
//! nothing. For this a partition has about 1,000 items; other workloads do not care.

mod inserted;
mod requests;
mod workload;
mod zipf;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

use self::inserted::Inserted;
use self::requests::{FIELDS, Layout};
use self::workload::{Favourites, Operation};
use self::zipf::{Zipf, scatter};
use super::Measured;
use crate::http::Connection;

pub use self::requests::create_table;
pub use self::workload::Workload;

/// The most items of a range.
const RANGE_ITEMS_MAX: u32 = 100;
/// An answer without an item is shorter, and one with an item longer.
const ANSWER_BYTES_MIN: usize = 200;

/// The items of the table.
#[derive(Debug, Clone, Copy)]
pub struct Items {
    /// Those that [`fill`] loaded.
    pub loaded: u64,
    /// Those that are there, as the last run has left them.
    pub there: u64,
}

/// Loads so many items.
///
/// # Errors
/// A broken connection; any answer but 200; items left unprocessed.
pub async fn fill(address: SocketAddr, items: u64, connections: usize) -> anyhow::Result<()> {
    super::write(address, connections, || Layout::of(items).batches(items)).await
}

/// Does what a workload does for `lasting`. Answers with what was measured, each operation of the
/// workload counting once, and with how many items are there afterwards.
///
/// # Errors
/// A broken connection; any answer but 200; an item that is missing.
pub async fn drive(
    address: SocketAddr,
    workload: Workload,
    items: Items,
    connections: usize,
    lasting: Duration,
) -> anyhow::Result<(Measured, u64)> {
    ensure!(items.there > 0, "there is no item");
    let inserted = Arc::new(Inserted::new(items.there));
    let choice = Choice::new(workload, items.there);
    let mut clients = Vec::new();
    for number in 0..connections {
        clients.push(Client {
            connection: Connection::open(address).await?,
            layout: Layout::of(items.loaded),
            choice: choice.clone(),
            inserted: Arc::clone(&inserted),
            // Each run is a process of its own, and asks for other items.
            random: StdRng::seed_from_u64(u64::from(std::process::id()) << 32 | number as u64),
        });
    }
    let mut running = JoinSet::new();
    let begun = Instant::now();
    for client in clients {
        running.spawn(client.over_and_over(workload, begun + lasting));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies.append(&mut ended??);
    }
    let measured = Measured::new(latencies.len(), latencies, begun.elapsed())?;
    Ok((measured, inserted.there()))
}

/// How the item of a request is chosen.
#[derive(Debug, Clone)]
enum Choice {
    /// Among those that were there when the run began.
    Scattered(Zipf, u64),
    Latest(Zipf),
}

/// A connection that does what a workload does.
struct Client {
    connection: Connection,
    layout: Layout,
    choice: Choice,
    inserted: Arc<Inserted>,
    random: StdRng,
}

impl Choice {
    fn new(workload: Workload, there: u64) -> Self {
        match workload.favourites() {
            Favourites::Scattered => Self::Scattered(Zipf::of_many(), there),
            Favourites::Latest => Self::Latest(Zipf::new(there)),
        }
    }

    /// The number of an item, given a number from 0 to 1.
    fn item(&mut self, even: f64, there: u64) -> u64 {
        match self {
            Self::Scattered(zipf, items) => scatter(zipf.rank(even)) % *items,
            Self::Latest(zipf) => {
                zipf.grow(there);
                there - 1 - zipf.rank(even)
            }
        }
    }
}

impl Client {
    async fn over_and_over(
        mut self,
        workload: Workload,
        until: Instant,
    ) -> anyhow::Result<Vec<Duration>> {
        let mut latencies = Vec::new();
        while Instant::now() < until {
            let operation = workload.operation(self.random.random_range(0..100));
            let begun = Instant::now();
            self.do_once(operation).await?;
            latencies.push(begun.elapsed());
        }
        Ok(latencies)
    }

    async fn do_once(&mut self, operation: Operation) -> anyhow::Result<()> {
        match operation {
            Operation::Read => {
                let item = self.chosen();
                self.read(self.layout.get(item)).await
            }
            Operation::Range => {
                let (item, limit) = (self.chosen(), self.random.random_range(1..=RANGE_ITEMS_MAX));
                self.read(self.layout.range(item, limit)).await
            }
            Operation::Update => {
                let item = self.chosen();
                self.update(item).await
            }
            Operation::ReadModifyWrite => {
                let item = self.chosen();
                self.read(self.layout.get(item)).await?;
                self.update(item).await
            }
            Operation::Insert => {
                let number = self.inserted.begin();
                self.exchange(&self.layout.put(number)).await?;
                self.inserted.end(number);
                Ok(())
            }
        }
    }

    fn chosen(&mut self) -> u64 {
        self.choice.item(self.random.random(), self.inserted.there())
    }

    /// Sends a request that an item must answer.
    async fn read(&mut self, request: Vec<u8>) -> anyhow::Result<()> {
        let bytes = self.exchange(&request).await?;
        let asked = || String::from_utf8_lossy(&request).into_owned();
        ensure!(bytes >= ANSWER_BYTES_MIN, "nothing is there: {}", asked());
        Ok(())
    }

    async fn update(&mut self, item: u64) -> anyhow::Result<()> {
        let (field, seed) = (self.random.random_range(0..FIELDS), self.random.random());
        self.exchange(&self.layout.update(item, field, seed)).await?;
        Ok(())
    }

    /// Sends a request; answers with the length of what comes back.
    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<usize> {
        let answer = self.connection.exchange(request).await?;
        let said = || String::from_utf8_lossy(answer.body);
        ensure!(answer.status == 200, "answered {}: {}", answer.status, said());
        Ok(answer.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_is_what_was_inserted_last() {
        let mut choice = Choice::new(Workload::D, 100);
        assert_eq!(choice.item(0.0, 100), 99);
        assert_eq!(choice.item(0.0, 150), 149);
        assert!(choice.item(1.0, 150) < 10);
    }

    #[test]
    fn scattered_items_are_among_those_that_were_there() {
        let mut choice = Choice::new(Workload::A, 100);
        let items: Vec<u64> = (0..1000).map(|n| choice.item(f64::from(n) / 1000.0, 150)).collect();
        assert!(items.iter().all(|item| *item < 100));
    }
}
