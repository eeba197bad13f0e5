//! The whole table, read by parallel segments.
//!
//! Of a page only the end is looked at, where the count and the last key are: so the generator costs
//! little beside what it measures.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use memchr::memmem;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::check;
use super::data::TABLE;
use crate::http::{Connection, request};

/// What follows a page's items takes less than this, in bytes.
const END_BYTES_MAX: usize = 1024;

/// What was read, and in what time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scanned {
    /// How often the table was read.
    pub rounds: usize,
    /// Items of all rounds.
    pub items: u64,
    /// Bytes of the answers' bodies.
    pub answer_bytes: usize,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

/// Reads the table over and over for `lasting`, and at least once, each segment over a connection of
/// its own. The last round is read to its end.
///
/// # Errors
/// A broken connection; any answer but 200, and one that does not say how many items it has.
pub async fn scan(
    address: SocketAddr,
    segments: usize,
    lasting: Duration,
) -> anyhow::Result<Scanned> {
    let begun = Instant::now();
    let mut scanned = Scanned::default();
    while scanned.rounds == 0 || scanned.elapsed < lasting {
        let mut reading = JoinSet::new();
        for segment in 0..segments {
            reading.spawn(read(address, segment, segments));
        }
        while let Some(ended) = reading.join_next().await {
            let (items, answer_bytes) = ended??;
            scanned.items += items;
            scanned.answer_bytes += answer_bytes;
        }
        scanned.rounds += 1;
        scanned.elapsed = begun.elapsed();
    }
    Ok(scanned)
}

/// Reads one segment; answers with its items and the bytes of their answers.
async fn read(
    address: SocketAddr,
    segment: usize,
    segments: usize,
) -> anyhow::Result<(u64, usize)> {
    let mut connection = Connection::open(address).await?;
    let mut input = json!({"TableName": TABLE, "Segment": segment, "TotalSegments": segments});
    let (mut items, mut answer_bytes) = (0, 0);
    loop {
        let answer = connection.exchange(&request("Scan", &input.to_string())).await?;
        check(answer)?;
        let mut end = end(answer.body)?;
        items += end["ScannedCount"].as_u64().context("a page has a count")?;
        answer_bytes += answer.body.len();
        match end.get_mut("LastEvaluatedKey") {
            Some(key) => input["ExclusiveStartKey"] = key.take(),
            None => return Ok((items, answer_bytes)),
        }
    }
}

/// The members of a page that follow its items.
fn end(page: &[u8]) -> anyhow::Result<Value> {
    let last = &page[page.len().saturating_sub(END_BYTES_MAX)..];
    let at = memmem::rfind(last, b"],").context("a page has items")?;
    let members = str::from_utf8(&last[at + 2..])?;
    Ok(serde_json::from_str(&format!("{{{members}"))?)
}

impl Scanned {
    /// As the load process prints it.
    pub fn to_json(self) -> Value {
        json!({
            "rounds": self.rounds,
            "items": self.items,
            "answer_bytes": self.answer_bytes,
            "seconds": self.elapsed.as_secs_f64(),
        })
    }

    /// As [`Scanned::to_json`] wrote it.
    pub fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            rounds: usize::try_from(json["rounds"].as_u64()?).ok()?,
            items: json["items"].as_u64()?,
            answer_bytes: usize::try_from(json["answer_bytes"].as_u64()?).ok()?,
            elapsed: Duration::try_from_secs_f64(json["seconds"].as_f64()?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_page_tells_its_count_and_where_to_go_on() {
        let items = r#"{"owner":{"S":"],"},"tags":{"L":[{"S":"a"}]}},"#.repeat(100);
        let page = |last: &str| {
            let items = items.trim_end_matches(',');
            format!(r#"{{"Count":100,"Items":[{items}],{last}"ScannedCount":100}}"#)
        };
        let more = end(page(r#""LastEvaluatedKey":{"at":{"N":"7"}},"#).as_bytes()).unwrap();
        assert_eq!(more["ScannedCount"], 100);
        assert_eq!(more["LastEvaluatedKey"], json!({"at": {"N": "7"}}));
        let last = end(page("").as_bytes()).unwrap();
        assert_eq!(last, json!({"ScannedCount": 100}));
    }

    #[test]
    fn a_page_that_cannot_be_understood_is_refused() {
        for page in [r#"{"ScannedCount":1}"#, r#"{"Items":[1],"Count":"#] {
            assert!(end(page.as_bytes()).is_err(), "{page}");
        }
    }

    #[test]
    fn what_was_scanned_is_printed_and_read() {
        let elapsed = Duration::from_millis(1500);
        let scanned = Scanned { rounds: 2, items: 20, answer_bytes: 8000, elapsed };
        assert_eq!(Scanned::from_json(&scanned.to_json()), Some(scanned));
    }
}
