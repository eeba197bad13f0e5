//! An open loop: requests come on a schedule, whatever has become of those before them.
//!
//! A closed loop, as the other scenarios are, waits with the next request until the last is
//! answered: a server that stands still for a second is then charged with one slow request for each
//! connection, and with none of those that users would have sent meanwhile. Here a request is due
//! at its time, evenly spaced, and its latency counts from then.
//!
//! The connections share one queue. A request that is due goes to the connection that has been idle
//! for the longest. While all wait for answers it stays in the queue, in the order of due times,
//! until one is free, and this waiting is part of its latency. If the server is slower than the
//! schedule, the queue grows. A run is over after twice the time for which requests come: what is
//! in the queue then is not sent, is counted as such, and has the latency that it has waited.

mod queue;
mod schedule;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::queue::Queue;
use self::schedule::{Schedule, Ticker};
use super::latencies::{micros, spread};
use super::{Scenario, prepare};
use crate::http::Connection;

/// How many of 10,000 requests take at most the latency that is reported: half of them, 90 and 99
/// of 100, and so on to all.
pub const PARTS: [usize; 6] = [5_000, 9_000, 9_900, 9_990, 9_999, 10_000];

/// What an open loop has measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Open {
    /// Answers per second, until the last one.
    pub per_second: f64,
    /// From when a request was due to its answer, in microseconds, for each of [`PARTS`].
    pub latencies_us: [u32; PARTS.len()],
    /// Requests that were still in the queue at the end.
    pub unsent: usize,
}

/// How many requests come, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Requests per second, of all connections together.
    pub rate: u32,
    /// The connections that share them.
    pub connections: usize,
    /// How long requests come.
    pub lasting: Duration,
}

/// Sends the requests of a scenario at an even pace.
///
/// # Errors
/// A broken connection; any answer but 200; a pace without a request.
pub async fn drive(address: SocketAddr, scenario: Scenario, pace: Pace) -> anyhow::Result<Open> {
    let count = pace.requests()?;
    ensure!(count > 0, "no request comes within {:?}", pace.lasting);
    let mut clients = Vec::new();
    for number in 0..pace.connections {
        let requests = prepare(scenario, number, pace.connections);
        clients.push((Connection::open(address).await?, requests));
    }
    let period = Duration::from_secs(1) / pace.rate;
    let schedule = Schedule { begun: Instant::now(), period };
    let ticker = Ticker::every(period)?;
    let queue = Arc::new(Queue::new(schedule, count, schedule.begun + pace.lasting * 2));
    let mut running = JoinSet::new();
    for (connection, requests) in clients {
        running.spawn(serve(connection, requests, Arc::clone(&queue)));
    }
    running.spawn(dispatch(ticker, Arc::clone(&queue), pace.connections));
    let mut latencies = Vec::with_capacity(count);
    while let Some(ended) = running.join_next().await {
        latencies.append(&mut ended??);
    }
    let ended = Instant::now();
    let answered = latencies.len();
    latencies.extend(queue.left_at(ended));
    Ok(Open {
        per_second: f64::from(u32::try_from(answered).context("a run this long")?)
            / (ended - schedule.begun).as_secs_f64(),
        unsent: latencies.len() - answered,
        latencies_us: spread(latencies, PARTS),
    })
}

/// Lets requests out when they are due, and the connections go when there are no more. It has no
/// latency of its own.
async fn dispatch(
    ticker: Ticker,
    queue: Arc<Queue>,
    connections: usize,
) -> anyhow::Result<Vec<u32>> {
    let mut due = 0;
    while due < queue.count() {
        let more = ticker.tick().await?.min(queue.count() - due);
        queue.let_out(more);
        due += more;
    }
    queue.let_out(connections);
    Ok(Vec::new())
}

/// Sends what comes out of the queue until nothing more does.
async fn serve(
    mut connection: Connection,
    requests: Vec<Vec<u8>>,
    queue: Arc<Queue>,
) -> anyhow::Result<Vec<u32>> {
    let mut latencies = Vec::new();
    for request in requests.iter().cycle() {
        let Some(due) = queue.next().await else { break };
        let answer = connection.exchange(request).await?;
        let said = || String::from_utf8_lossy(answer.body);
        ensure!(answer.status == 200, "answered {}: {}", answer.status, said());
        latencies.push(micros(due.elapsed()));
    }
    Ok(latencies)
}

impl Pace {
    /// How many requests come in all.
    fn requests(&self) -> anyhow::Result<usize> {
        let requests = self.lasting.as_millis() * u128::from(self.rate) / 1000;
        usize::try_from(requests).context("a run this long")
    }
}

impl Open {
    /// As the load process prints it.
    pub fn to_json(self) -> Value {
        json!({
            "per_second": self.per_second,
            "latencies_us": self.latencies_us,
            "unsent": self.unsent,
        })
    }

    /// As [`Open::to_json`] wrote it.
    pub fn from_json(json: &Value) -> Option<Self> {
        let latencies = json["latencies_us"].as_array()?.iter();
        let latencies: Option<Vec<u32>> =
            latencies.map(|latency| u32::try_from(latency.as_u64()?).ok()).collect();
        Some(Self {
            per_second: json["per_second"].as_f64()?,
            latencies_us: latencies?.try_into().ok()?,
            unsent: usize::try_from(json["unsent"].as_u64()?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_is_read() {
        let open = Open { per_second: 999.5, latencies_us: [1, 2, 3, 4, 5, 6], unsent: 7 };
        assert_eq!(Open::from_json(&open.to_json()), Some(open));
        assert_eq!(Open::from_json(&json!({"per_second": 1.0, "unsent": 0})), None);
    }

    #[test]
    fn a_pace_has_so_many_requests() {
        let pace = Pace { rate: 3000, connections: 2, lasting: Duration::from_millis(500) };
        assert_eq!(pace.requests().unwrap(), 1500);
    }
}
