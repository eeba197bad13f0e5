//! Load on a stream: readers of all its shards, and writes that a reader waits for.
//!
//! The stream is of the bench's table and shows keys only, so that each record has its partition's
//! name once. Records are counted, and told apart, by that name; the rest of an answer is not
//! parsed, so that the generator costs little beside what it measures.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use memchr::memmem;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Measured;
use super::data::{self, OWNER, TABLE};
use crate::http::{Connection, request};

/// How long a reader rests when there is nothing new.
const REST: Duration = Duration::from_millis(5);
/// Partitions from here on are written while they are followed.
const FOLLOWED: usize = 10_000_000;
/// Digits of a partition behind [`OWNER`].
const DIGITS: usize = 8;

/// How fast to write while a stream is followed.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Writes per second.
    pub rate: u32,
    /// Connections that share them.
    pub connections: usize,
}

/// What was written, for whoever reads it.
#[derive(Debug, Default)]
struct Written {
    /// When the write to a partition was sent that has not been read.
    unread: Mutex<HashMap<usize, Instant>>,
    is_all: AtomicBool,
}

/// Reads all shards at once from their beginning, and again, for `lasting`: records per second, and
/// how long answers took.
///
/// # Errors
/// A broken connection; any answer but 200; an empty stream.
pub async fn read(address: SocketAddr, lasting: Duration) -> anyhow::Result<Measured> {
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for start in starts(address, "TRIM_HORIZON").await? {
        let reader = Reader::open(address, start).await?;
        running.spawn(reader.over_and_over(begun + lasting));
    }
    let (mut count, mut latencies) = (0, Vec::new());
    while let Some(ended) = running.join_next().await {
        let (records, mut of_shard) = ended??;
        count += records;
        latencies.append(&mut of_shard);
    }
    ensure!(count > 0, "the stream has no record");
    Measured::new(count, latencies, begun.elapsed())
}

/// Writes new items for `lasting`, and reads all shards meanwhile: records per second, and how long
/// after the sending of its write each was read.
///
/// # Errors
/// A broken connection; any answer but 200; a record that nobody wrote, or twice.
pub async fn follow(
    address: SocketAddr,
    pace: Pace,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    let written = Arc::new(Written::default());
    let begun = Instant::now();
    let mut readers = JoinSet::new();
    for start in starts(address, "LATEST").await? {
        let reader = Reader::open(address, start).await?;
        readers.spawn(reader.until_all_is_read(Arc::clone(&written)));
    }
    let mut writers = JoinSet::new();
    for number in 0..pace.connections {
        let connection = Connection::open(address).await?;
        writers.spawn(write(connection, (number, pace), Arc::clone(&written), begun + lasting));
    }
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    written.is_all.store(true, Ordering::Relaxed);
    let mut latencies = Vec::new();
    while let Some(ended) = readers.join_next().await {
        latencies.append(&mut ended??);
    }
    Measured::new(latencies.len(), latencies, begun.elapsed())
}

/// A connection that reads a shard.
struct Reader {
    connection: Connection,
    start: String,
}

impl Reader {
    async fn open(address: SocketAddr, start: String) -> anyhow::Result<Self> {
        Ok(Self { connection: Connection::open(address).await?, start })
    }

    /// Counts records until the time is over; where there are no more, it begins again.
    async fn over_and_over(mut self, until: Instant) -> anyhow::Result<(usize, Vec<Duration>)> {
        let marker = memmem::Finder::new(OWNER);
        let (mut count, mut latencies) = (0, Vec::new());
        let mut iterator = self.start.clone();
        while Instant::now() < until {
            let begun = Instant::now();
            let body = records(&mut self.connection, &iterator).await?;
            latencies.push(begun.elapsed());
            let found = marker.find_iter(body).count();
            count += found;
            iterator = next_iterator(body).filter(|_| found > 0).unwrap_or(&self.start).to_owned();
        }
        Ok((count, latencies))
    }

    /// Reads until nothing more comes; says how long each write to this shard took to be read.
    async fn until_all_is_read(mut self, written: Arc<Written>) -> anyhow::Result<Vec<Duration>> {
        let marker = memmem::Finder::new(OWNER);
        let mut latencies = Vec::new();
        let mut iterator = self.start;
        while !written.is_read().await {
            let body = records(&mut self.connection, &iterator).await?;
            let read_at = Instant::now();
            let mut found = 0;
            for at in marker.find_iter(body) {
                let partition = partition(&body[at + OWNER.len()..])?;
                let sent_at = written.unread.lock().await.remove(&partition);
                latencies.push(read_at - sent_at.context("a record that nobody wrote")?);
                found += 1;
            }
            iterator = next_iterator(body).context("the shard ended")?.to_owned();
            if found == 0 {
                sleep(REST).await;
            }
        }
        Ok(latencies)
    }
}

impl Written {
    async fn is_read(&self) -> bool {
        self.is_all.load(Ordering::Relaxed) && self.unread.lock().await.is_empty()
    }
}

/// Writes every so often until the time is over.
async fn write(
    mut connection: Connection,
    (number, pace): (usize, Pace),
    written: Arc<Written>,
    until: Instant,
) -> anyhow::Result<()> {
    let connections = u32::try_from(pace.connections).context("so many connections")?;
    let mut ticks = interval(Duration::from_secs(1) * connections / pace.rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    // Items of a run before are overwritten, and must change by it.
    let revision = rand::random_range(0..usize::MAX / 2);
    let partitions = (FOLLOWED + number..).step_by(pace.connections);
    for partition in partitions {
        ticks.tick().await;
        if Instant::now() >= until {
            break;
        }
        let (operation, input) = data::put((partition, 0), revision);
        let request = request(operation, &input.to_string());
        written.unread.lock().await.insert(partition, Instant::now());
        exchange(&mut connection, &request).await?;
    }
    Ok(())
}

/// An iterator for each shard of the table's stream.
async fn starts(address: SocketAddr, position: &str) -> anyhow::Result<Vec<String>> {
    let mut connection = Connection::open(address).await?;
    let streams = connection.expect("ListStreams", &json!({"TableName": TABLE})).await?;
    let stream = streams.pointer("/Streams/0/StreamArn").context("the table has no stream")?;
    let described = connection.expect("DescribeStream", &json!({"StreamArn": stream})).await?;
    let shards = described.pointer("/StreamDescription/Shards").and_then(Value::as_array);
    let mut starts = Vec::new();
    for shard in shards.context("a description without shards")? {
        let input = json!({
            "StreamArn": stream,
            "ShardId": shard["ShardId"],
            "ShardIteratorType": position,
        });
        let answer = connection.expect("GetShardIterator", &input).await?;
        starts.push(answer["ShardIterator"].as_str().context("no iterator")?.to_owned());
    }
    Ok(starts)
}

async fn records<'c>(connection: &'c mut Connection, iterator: &str) -> anyhow::Result<&'c [u8]> {
    let input = json!({"ShardIterator": iterator, "Limit": 1000});
    exchange(connection, &request("GetRecords", &input.to_string())).await
}

/// Sends a request; answers with the body of a 200.
async fn exchange<'c>(connection: &'c mut Connection, request: &[u8]) -> anyhow::Result<&'c [u8]> {
    let answer = connection.exchange(request).await?;
    let body = answer.body;
    ensure!(answer.status == 200, "answered {}: {}", answer.status, String::from_utf8_lossy(body));
    Ok(body)
}

/// The iterator that an answer begins with. It has nothing that JSON would escape.
fn next_iterator(body: &[u8]) -> Option<&str> {
    let rest = body.strip_prefix(br#"{"NextShardIterator":""#)?;
    let end = memchr::memchr(b'"', rest)?;
    std::str::from_utf8(&rest[..end]).ok()
}

fn partition(digits: &[u8]) -> anyhow::Result<usize> {
    let digits = digits.get(..DIGITS).context("a name that ends early")?;
    Ok(std::str::from_utf8(digits)?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_tells_its_iterator_and_the_partitions_it_is_about() {
        let answer = br#"{"NextShardIterator":"arn|x|7","Records":[{"S":"owner#00000012"}]}"#;
        assert_eq!(next_iterator(answer), Some("arn|x|7"));
        let at = memmem::find(answer, OWNER.as_bytes()).unwrap();
        assert_eq!(partition(&answer[at + OWNER.len()..]).unwrap(), 12);
        assert_eq!(next_iterator(br#"{"Records":[]}"#), None);
    }
}
