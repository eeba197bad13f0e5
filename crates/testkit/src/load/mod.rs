//! The load generator: prepared requests, raw sockets, counted answers.
//!
//! It runs as a process of its own (`src/bin/load.rs`), on one thread, so that it neither shares a
//! runtime with what it measures nor hides behind it. Every answer but 200 ends the run.
//!
//! The data is one table of [`ITEMS`] items in partitions of [`PARTITION_ITEMS`]; an answer with one
//! item has about 600 bytes. Each connection keeps to keys of its own, so that only the hot counter
//! meets anybody else: [`items_for`] tells how many items it takes.

pub mod counted;
pub mod data;
pub mod growth;
pub mod indexes;
pub mod large;
mod latencies;
pub mod open;
pub mod scan;
pub mod signed;
pub mod sized;
pub mod streams;
mod text;
pub mod ycsb;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::ValueEnum;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::http::{Answer, Connection, request};

use self::data::Key;

pub use data::{ITEMS, PARTITION_ITEMS};

/// Requests that a connection prepares and then repeats, if there are not too many of them.
const PREPARED: usize = 512;
/// Requests that all connections prepare, where [`PREPARED`] of each would be more.
const PREPARED_BY_ALL: usize = 16 * 1024;
/// The fewest that one prepares. Each key comes twice, so it is even.
const PREPARED_MIN: usize = 16;

/// What every connection does, over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// GetItem of a random item.
    Get,
    /// PutItem over a random item.
    Put,
    /// Query of one partition: 20 items.
    Query,
    /// UpdateItem of one attribute of a random item.
    Update,
    /// TransactWriteItems of two puts.
    Transact,
    /// UpdateItem that adds 1 to one counter, the same for all.
    HotCounter,
}

/// What a run measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Answers per second, or records where those are counted.
    pub per_second: f64,
    /// The median time of an answer, in microseconds.
    pub p50_us: u32,
    /// 99 of 100 answers took at most this, in microseconds.
    pub p99_us: u32,
}

/// Drives `address` for `lasting`.
///
/// # Errors
/// A broken connection; any answer but 200.
pub async fn drive(
    address: SocketAddr,
    scenario: Scenario,
    connections: usize,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    let requests = (0..connections).map(|number| prepare(scenario, number, connections));
    repeat_all(address, requests.collect(), lasting).await
}

/// Repeats prepared requests, those of each connection on one of its own, for `lasting`. The time
/// begins when all are connected.
async fn repeat_all(
    address: SocketAddr,
    requests: Vec<Vec<Vec<u8>>>,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    let mut clients = Vec::new();
    for requests in requests {
        clients.push((Connection::open(address).await?, requests));
    }
    let mut running = JoinSet::new();
    let begun = Instant::now();
    for (connection, requests) in clients {
        running.spawn(repeat(connection, requests, begun + lasting));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies.append(&mut ended??);
    }
    Measured::new(latencies.len(), latencies, begun.elapsed())
}

/// Writes the first `items` items of the bench.
///
/// # Errors
/// As [`drive`]; items left unprocessed.
pub async fn fill(address: SocketAddr, items: usize, connections: usize) -> anyhow::Result<()> {
    write(address, connections, || data::batches(items)).await
}

/// Writes `items` items that expire at that second of the epoch, behind the [`ITEMS`] of speed.
///
/// # Errors
/// As [`fill`].
pub async fn fill_expiring(
    address: SocketAddr,
    items: usize,
    until_seconds: u64,
    connections: usize,
) -> anyhow::Result<()> {
    write(address, connections, || data::expiring_batches(items, until_seconds)).await
}

/// Sends inputs of BatchWriteItem, shared out among connections.
async fn write<B: Iterator<Item = Value> + Send + 'static>(
    address: SocketAddr,
    connections: usize,
    batches: impl Fn() -> B,
) -> anyhow::Result<()> {
    let part = |number, mut connection: Connection| {
        let batches = batches().skip(number).step_by(connections);
        async move {
            for batch in batches {
                let answer = connection.expect("BatchWriteItem", &batch).await?;
                let unprocessed = answer["UnprocessedItems"].as_object();
                ensure!(unprocessed.is_some_and(serde_json::Map::is_empty), "items left: {answer}");
            }
            Ok(())
        }
    };
    on_each(address, connections, part).await
}

/// Has each of some connections, which are numbered, do its part, all at the same time.
async fn on_each<F: Future<Output = anyhow::Result<()>> + Send + 'static>(
    address: SocketAddr,
    connections: usize,
    part: impl Fn(usize, Connection) -> F,
) -> anyhow::Result<()> {
    let mut running = JoinSet::new();
    for number in 0..connections {
        running.spawn(part(number, Connection::open(address).await?));
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(())
}

impl Measured {
    /// `count` things in `elapsed`, and what took as long as `latencies`.
    fn new(count: usize, mut latencies: Vec<Duration>, elapsed: Duration) -> anyhow::Result<Self> {
        ensure!(!latencies.is_empty(), "no answer at all");
        latencies.sort_unstable();
        let at = |hundredths: usize| {
            let latency = latencies[(latencies.len() * hundredths / 100).min(latencies.len() - 1)];
            u32::try_from(latency.as_micros()).unwrap_or(u32::MAX)
        };
        let count = u32::try_from(count).context("a run this long")?;
        Ok(Self {
            per_second: f64::from(count) / elapsed.as_secs_f64(),
            p50_us: at(50),
            p99_us: at(99),
        })
    }

    /// As the load process prints it.
    pub fn to_json(self) -> Value {
        json!({"per_second": self.per_second, "p50_us": self.p50_us, "p99_us": self.p99_us})
    }

    /// As [`Measured::to_json`] wrote it.
    pub fn from_json(json: &Value) -> Option<Self> {
        let micros = |name: &str| u32::try_from(json[name].as_u64()?).ok();
        Some(Self {
            per_second: json["per_second"].as_f64()?,
            p50_us: micros("p50_us")?,
            p99_us: micros("p99_us")?,
        })
    }
}

/// Sends the prepared requests round and round until the time is over.
async fn repeat(
    mut connection: Connection,
    requests: Vec<Vec<u8>>,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut sent = Instant::now();
    for request in requests.iter().cycle() {
        let answer = connection.exchange(request).await?;
        let answered = Instant::now();
        check(answer)?;
        latencies.push(answered - sent);
        if answered >= until {
            break;
        }
        sent = answered;
    }
    Ok(latencies)
}

/// How many items let each of so many connections have a partition of its own.
pub fn items_for(connections: usize) -> usize {
    ITEMS.max(connections * PARTITION_ITEMS)
}

/// How many requests each of so many connections prepares.
fn prepared(connections: usize) -> usize {
    (PREPARED_BY_ALL / connections / 2 * 2).clamp(PREPARED_MIN, PREPARED)
}

/// Refuses any answer but 200.
fn check(answer: Answer<'_>) -> anyhow::Result<()> {
    let Answer { status, body, .. } = answer;
    ensure!(status == 200, "answered {status}: {}", String::from_utf8_lossy(body));
    Ok(())
}

/// The requests of connection `number` of `connections`, over partitions of its own.
///
/// Each key comes at least twice, and each request brings a revision of its own: so every put
/// changes what the one before it left, however often all are repeated.
fn prepare(scenario: Scenario, number: usize, connections: usize) -> Vec<Vec<u8>> {
    prepare_as(scenario, number, connections, request)
}

/// As [`prepare`], in bytes that `request` makes of an operation and its body.
fn prepare_as(
    scenario: Scenario,
    number: usize,
    connections: usize,
    request: impl Fn(&str, &str) -> Vec<u8>,
) -> Vec<Vec<u8>> {
    let mut rng = StdRng::seed_from_u64(number as u64);
    let partitions = items_for(connections) / PARTITION_ITEMS;
    assert!(number < connections && connections <= partitions, "each has a partition of its own");
    let random_key = |_| {
        let partition = rng.random_range(0..partitions / connections) * connections + number;
        (partition, rng.random_range(0..PARTITION_ITEMS))
    };
    let prepared = prepared(connections);
    let keys: Vec<Key> = (0..prepared / 2).map(random_key).collect();
    let calls = keys.iter().chain(&keys).enumerate().map(|(revision, &key)| match scenario {
        Scenario::Get => data::get(key),
        Scenario::Put => data::put(key, revision),
        Scenario::Query => data::query(key.0),
        Scenario::Update => data::update(key),
        Scenario::Transact => {
            let (partition, sort) = key;
            data::transact([key, (partition, (sort + 1) % PARTITION_ITEMS)], revision)
        }
        Scenario::HotCounter => data::count(),
    });
    let requests: Vec<_> =
        calls.map(|(operation, body)| request(operation, &body.to_string())).collect();
    debug_assert_eq!(requests.len(), prepared, "each key comes twice");
    requests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_sorted_latencies() {
        let latencies = (1..=200).rev().map(Duration::from_micros).collect();
        let measured = Measured::new(200, latencies, Duration::from_secs(2)).unwrap();
        assert_eq!(measured, Measured { per_second: 100.0, p50_us: 101, p99_us: 199 });
        assert_eq!(Measured::from_json(&measured.to_json()), Some(measured));
    }

    #[test]
    fn no_request_that_writes_is_repeated_within_a_cycle() {
        for scenario in [Scenario::Put, Scenario::Transact] {
            let requests = prepare(scenario, 0, 1);
            let distinct: std::collections::HashSet<_> = requests.iter().collect();
            assert_eq!(distinct.len(), PREPARED);
        }
    }

    #[test]
    fn connections_keep_to_keys_of_their_own() {
        for connections in [32, 512, 1000] {
            let gets = |number| prepare(Scenario::Get, number, connections);
            let (first, second) = (gets(0), gets(1));
            assert!(first.iter().all(|request| !second.contains(request)));
        }
    }

    #[test]
    fn many_connections_prepare_fewer_requests_and_have_more_items() {
        assert_eq!([1, 32, 100, 512, 10_000].map(prepared), [512, 512, 162, 32, 16]);
        assert_eq!([1, 512, 1000].map(items_for), [ITEMS, ITEMS, 20_000]);
    }
}
