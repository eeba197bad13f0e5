//! A table that grows: writes at full speed, a reader beside them, and each second's latencies.
//!
//! The items are of one size and their partitions' hashes are spread evenly, so that each second's
//! writes meet the whole range of keys: the hardest order for an engine that merges. The reader
//! gets items at random among those that are there already.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::Scenario;
use super::data::{BATCH_ITEMS, PARTITION_ITEMS, TABLE, owner};
use super::latencies::{micros, spread};
use super::text::digits;
use crate::http::{Connection, request};

/// DynamoDB's size of an item.
pub const ITEM_BYTES: usize = 400;
/// An item's attributes besides its text: names, key and numbers.
const OTHER_BYTES: usize = 36;
/// How long the reader waits between two gets, so that the writers have the machine.
const READER_PAUSE: Duration = Duration::from_millis(2);
/// Items that may be on their way while others behind them are there.
const IN_FLIGHT_MAX: usize = 100_000;
/// Half, 99 of 100, 999 of 1,000, all: what a second's latencies are told by.
const SPREAD: [usize; 4] = [5_000, 9_900, 9_990, 10_000];

/// One second of a table's growth.
#[derive(Debug, Clone, Copy, Default)]
pub struct Second {
    /// Items written.
    pub items: usize,
    /// Latencies of batches and of gets, in microseconds: half, 99 of 100, 999 of 1,000, all.
    pub writes: [u32; 4],
    /// The same of gets.
    pub reads: [u32; 4],
}

/// What all connections have measured since the last second.
#[derive(Debug, Default)]
struct Measured {
    items: usize,
    writes: Vec<u32>,
    reads: Vec<u32>,
}

/// Writes the items from `first` to `last`, and shows every second of it.
///
/// # Errors
/// A broken connection; any answer but 200; items left unprocessed.
pub async fn grow(
    address: SocketAddr,
    (first, last): (usize, usize),
    connections: usize,
    mut show: impl FnMut(Second),
) -> anyhow::Result<()> {
    let measured = Arc::new(Mutex::new(Measured::default()));
    let next = Arc::new(AtomicUsize::new(first));
    let mut writing = JoinSet::new();
    for _ in 0..connections {
        let connection = Connection::open(address).await?;
        writing.spawn(write(connection, Arc::clone(&next), last, Arc::clone(&measured)));
    }
    let reader = Connection::open(address).await?;
    // What was begun last may not be there yet.
    let there = move || next.load(Ordering::Relaxed).saturating_sub(IN_FLIGHT_MAX);
    let reading = tokio::spawn(read(reader, there, Arc::clone(&measured)));
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.tick().await;
    loop {
        tokio::select! {
            _ = seconds.tick() => show(std::mem::take(&mut *lock(&measured)).into()),
            ended = writing.join_next() => match ended {
                Some(ended) => ended??,
                None => break,
            },
        }
        ensure!(!reading.is_finished(), "the reader has ended");
    }
    show(std::mem::take(&mut *lock(&measured)).into());
    reading.abort();
    Ok(())
}

async fn write(
    mut connection: Connection,
    next: Arc<AtomicUsize>,
    last: usize,
    measured: Arc<Mutex<Measured>>,
) -> anyhow::Result<()> {
    loop {
        let from = next.fetch_add(BATCH_ITEMS, Ordering::Relaxed);
        if from >= last {
            return Ok(());
        }
        let numbers = from..(from + BATCH_ITEMS).min(last);
        let items = numbers.len();
        let request = request("BatchWriteItem", &batch(numbers));
        let sent = Instant::now();
        let answer = connection.exchange(&request).await?;
        let took = micros(sent.elapsed());
        let body = String::from_utf8_lossy(answer.body);
        ensure!(answer.status == 200, "answered {}: {body}", answer.status);
        ensure!(body.contains(r#""UnprocessedItems":{}"#), "items left: {body}");
        let mut measured = lock(&measured);
        measured.items += items;
        measured.writes.push(took);
    }
}

/// Reads as beside the writes, but with nobody who writes, for `lasting`.
///
/// # Errors
/// A broken connection; any answer but 200; an item that is missing.
pub async fn read_alone(
    address: SocketAddr,
    items: usize,
    lasting: Duration,
) -> anyhow::Result<super::Measured> {
    let measured = Arc::new(Mutex::new(Measured::default()));
    let reading = read(Connection::open(address).await?, move || items, Arc::clone(&measured));
    let begun = Instant::now();
    if let Ok(ended) = tokio::time::timeout(lasting, reading).await {
        ended?;
    }
    let reads = std::mem::take(&mut lock(&measured).reads);
    let latencies = reads.into_iter().map(|micros| Duration::from_micros(micros.into()));
    let latencies: Vec<Duration> = latencies.collect();
    super::Measured::new(latencies.len(), latencies, begun.elapsed())
}

/// Gets an item at random among those that are `there`, over and over, until it is stopped.
async fn read(
    mut connection: Connection,
    there: impl Fn() -> usize,
    measured: Arc<Mutex<Measured>>,
) -> anyhow::Result<()> {
    let mut random = StdRng::seed_from_u64(1);
    loop {
        tokio::time::sleep(READER_PAUSE).await;
        let there = there();
        if there == 0 {
            continue;
        }
        let sent = Instant::now();
        exchange(&mut connection, Scenario::Get, random.random_range(0..there)).await?;
        lock(&measured).reads.push(micros(sent.elapsed()));
    }
}

/// Repeats a request for `lasting`, each time for another item or partition, at random among
/// `items`: nothing is asked for again soon.
///
/// # Errors
/// A broken connection; any answer but 200; an item that is missing.
pub async fn drive(
    address: SocketAddr,
    scenario: Scenario,
    items: usize,
    connections: usize,
    lasting: Duration,
) -> anyhow::Result<super::Measured> {
    let mut running = JoinSet::new();
    let begun = Instant::now();
    for number in 0..connections {
        let mut connection = Connection::open(address).await?;
        // Each run is a process of its own, and asks for other items.
        let seed = u64::from(std::process::id()) << 32 | number as u64;
        let mut random = StdRng::seed_from_u64(seed);
        running.spawn(async move {
            let mut latencies = Vec::new();
            while begun.elapsed() < lasting {
                let sent = Instant::now();
                exchange(&mut connection, scenario, random.random_range(0..items)).await?;
                latencies.push(sent.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies.append(&mut ended??);
    }
    super::Measured::new(latencies.len(), latencies, begun.elapsed())
}

/// Sends the request of a scenario for the item of that number.
async fn exchange(
    connection: &mut Connection,
    scenario: Scenario,
    number: usize,
) -> anyhow::Result<()> {
    let (operation, body) = match scenario {
        Scenario::Get => {
            ("GetItem", format!(r#"{{"TableName":"{TABLE}","Key":{{{}}}}}"#, key(number)))
        }
        Scenario::Put => {
            // Another text, so that something is written.
            let text = text(number ^ usize::MAX);
            ("PutItem", format!(r#"{{"TableName":"{TABLE}","Item":{{{}}}}}"#, item(number, &text)))
        }
        Scenario::Query => {
            let (operation, input) = super::data::query(number / PARTITION_ITEMS);
            (operation, input.to_string())
        }
        Scenario::Update | Scenario::Transact | Scenario::HotCounter => {
            bail!("this scenario is not measured at size")
        }
    };
    let answer = connection.exchange(&request(operation, &body)).await?;
    let said = || String::from_utf8_lossy(answer.body);
    ensure!(answer.status == 200, "answered {}: {}", answer.status, said());
    ensure!(
        scenario == Scenario::Put || answer.body.len() > ITEM_BYTES,
        "nothing is there: {body} was answered {}",
        said()
    );
    Ok(())
}

fn lock(measured: &Mutex<Measured>) -> MutexGuard<'_, Measured> {
    measured.lock().expect("nobody panics with the lock")
}

/// The members of an item's key.
fn key(number: usize) -> String {
    let (owner, at) = (owner(number / PARTITION_ITEMS), number % PARTITION_ITEMS);
    format!(r#""owner":{{"S":"{owner}"}},"at":{{"N":"{at}"}}"#)
}

/// The members of an item.
fn item(number: usize, text: &str) -> String {
    format!(r#"{},"likes":{{"N":"{number}"}},"text":{{"S":"{text}"}}"#, key(number))
}

/// The input that puts the items of these numbers.
fn batch(numbers: Range<usize>) -> String {
    let puts = numbers.map(|number| {
        format!(r#"{{"PutRequest":{{"Item":{{{}}}}}}}"#, item(number, &text(number)))
    });
    let puts: Vec<String> = puts.collect();
    format!(r#"{{"RequestItems":{{"{TABLE}":[{}]}}}}"#, puts.join(","))
}

/// What an item has besides its key, other digits in each.
fn text(number: usize) -> String {
    digits(number as u64, ITEM_BYTES - OTHER_BYTES)
}

impl From<Measured> for Second {
    fn from(measured: Measured) -> Self {
        let Measured { items, writes, reads } = measured;
        Self { items, writes: spread(writes, SPREAD), reads: spread(reads, SPREAD) }
    }
}

impl Second {
    /// As the load process prints it.
    pub fn to_json(self) -> Value {
        json!({"items": self.items, "writes_us": self.writes, "reads_us": self.reads})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_about_400_bytes() {
        let body: Value = serde_json::from_str(&batch(7..32)).unwrap();
        let puts = body["RequestItems"][TABLE].as_array().unwrap();
        assert_eq!(puts.len(), 25);
        let item = &puts[3]["PutRequest"]["Item"];
        let names: usize = item.as_object().unwrap().keys().map(String::len).sum();
        let texts = ["owner", "text"].map(|name| item[name]["S"].as_str().unwrap().len());
        let bytes = names + texts.iter().sum::<usize>() + 4;
        assert!((390..=410).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_second_has_the_spread_of_its_latencies() {
        let measured = Measured { items: 3, writes: (1..=1000).collect(), reads: Vec::new() };
        let second = Second::from(measured);
        assert_eq!((second.writes, second.reads), ([501, 991, 1000, 1000], [0; 4]));
    }
}
