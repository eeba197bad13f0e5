//! A stream read to its end and beyond: all shards at once, parents before their children.
//!
//! A shard is opened when it is first seen and its parent has been read to its end, so an item's
//! changes come in their order across rollovers. The records of one poll are put in the order of
//! their times; records of one shard never change places.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::time::{Duration, SystemTime};

use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::api::{DescribeStream, GetRecords, GetShardIterator, Record, Shard, StreamDescription};
use super::client::{CallError, Client};

/// How often shards are looked for that nobody announced by ending.
const LOOKED_FOR_EVERY: Duration = Duration::from_secs(5);

/// With which change reading starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Start {
    /// With the oldest change that is still there.
    Oldest,
    /// With the next change.
    Now,
    /// With the changes made since.
    Since(SystemTime),
}

/// A reader of one stream.
#[derive(Debug)]
pub(super) struct Follower {
    client: Client,
    stream: String,
    start: Start,
    shards: BTreeMap<String, Progress>,
    /// When the shards were last listed; unknown before the first time and when one has ended.
    listed_at: Option<Instant>,
    /// What was listed then.
    listed: Listed,
}

/// How far a shard has been read.
#[derive(Debug, Clone)]
enum Progress {
    Open(Cursor),
    Ended,
}

/// A place in a shard.
#[derive(Debug, Clone)]
struct Cursor {
    /// Where to ask for an iterator, if there is none.
    position: Position,
    iterator: Option<String>,
    /// When what is behind this place was last asked for, and answered.
    read_at: SystemTime,
    /// The latest time of the records so far, in seconds: a clock that was set back reorders none.
    time: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Position {
    Start(Start),
    After(String),
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// The stream takes changes.
    #[default]
    Enabled,
    /// It takes none, and all its shards have been opened.
    Disabled,
}

/// What one look at all shards brought.
#[derive(Debug, Default)]
pub(super) struct Poll {
    /// In the order of their times.
    pub(super) records: Vec<Followed>,
    /// Whether records were passed over, because they were gone before they were read.
    pub(super) gap: bool,
    /// Whether there may be more at once.
    pub(super) more: bool,
    /// Whether there will never be more.
    pub(super) ended: bool,
    /// What kept some shards from being read; they are read in the next poll.
    pub(super) trouble: Option<CallError>,
}

/// A record, read and as it came.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) record: Record,
    pub(super) raw: Box<RawValue>,
    time: f64,
}

impl Follower {
    /// Reads nothing yet.
    pub(super) fn new(client: Client, stream: String, start: Start) -> Self {
        let shards = BTreeMap::new();
        Self { client, stream, start, shards, listed_at: None, listed: Listed::default() }
    }

    /// Looks once at all shards. Dropping it midway loses nothing: the next one asks again.
    pub(super) async fn poll(&mut self) -> Poll {
        if self.listed_at.is_none_or(|at| at.elapsed() > LOOKED_FOR_EVERY)
            && let Err(trouble) = self.list().await
        {
            return Poll { trouble: Some(trouble), ..Poll::default() };
        }
        let mut reads = JoinSet::new();
        for (id, progress) in &self.shards {
            if let Progress::Open(cursor) = progress {
                let read = self.read(id.clone(), cursor.clone());
                let id = id.clone();
                reads.spawn(async move { (id, read.await) });
            }
        }
        let mut poll = Poll::default();
        // All at once from here on: what was read is not lost between two shards.
        for (id, read) in reads.join_all().await {
            self.take(id, read, &mut poll);
        }
        poll.records.sort_by(|a, b| a.place().partial_cmp(&b.place()).expect("times are numbers"));
        poll.ended = self.has_ended() && poll.trouble.is_none();
        poll
    }

    fn has_ended(&self) -> bool {
        let all_read = self.shards.values().all(|shard| matches!(shard, Progress::Ended));
        all_read && self.listed == Listed::Disabled && self.listed_at.is_some()
    }

    /// Opens the shards whose turn has come, and forgets those that are gone.
    async fn list(&mut self) -> Result<(), CallError> {
        let (status, shards) = self.describe().await?;
        let ids: BTreeSet<&str> = shards.iter().map(|shard| shard.shard_id.as_str()).collect();
        let first_time = self.shards.is_empty();
        self.shards.retain(|id, _| ids.contains(id.as_str()));
        let mut all_opened = true;
        for shard in &shards {
            if self.shards.contains_key(&shard.shard_id) {
                continue;
            }
            let parent = shard.parent_shard_id.as_deref().filter(|parent| ids.contains(parent));
            if first_time && self.start == Start::Now {
                self.shards.insert(shard.shard_id.clone(), at_the_end(shard));
            } else if parent.is_none_or(|parent| self.is_read(parent)) {
                self.shards.insert(shard.shard_id.clone(), self.at_the_start());
            } else {
                all_opened = false;
            }
        }
        let disabled = status == "DISABLED" && all_opened;
        self.listed = if disabled { Listed::Disabled } else { Listed::Enabled };
        debug_assert!(
            self.shards.keys().all(|id| ids.contains(id.as_str())),
            "others are forgotten"
        );
        self.listed_at = Some(Instant::now());
        Ok(())
    }

    fn is_read(&self, shard: &str) -> bool {
        matches!(self.shards.get(shard), Some(Progress::Ended))
    }

    /// A shard that is read from its beginning, or from the time that is wanted.
    fn at_the_start(&self) -> Progress {
        let start = if self.start == Start::Now { Start::Oldest } else { self.start };
        Progress::Open(Cursor::at(Position::Start(start)))
    }

    /// The stream's status and all its shards.
    async fn describe(&self) -> Result<(String, Vec<Shard>), CallError> {
        let mut shards = Vec::new();
        let mut input = json!({"StreamArn": self.stream});
        loop {
            let answer: DescribeStream =
                self.client.call("DynamoDBStreams_20120810.DescribeStream", &input).await?;
            let StreamDescription { stream_status, shards: page, last_evaluated_shard_id } =
                answer.stream_description;
            shards.extend(page);
            match last_evaluated_shard_id {
                Some(last) => input["ExclusiveStartShardId"] = last.into(),
                None => return Ok((stream_status, shards)),
            }
        }
    }

    /// What is behind a cursor, and the cursor behind that.
    fn read(
        &self,
        shard: String,
        mut cursor: Cursor,
    ) -> impl Future<Output = Result<(Cursor, GetRecords), CallError>> + Send + use<> {
        let (client, stream) = (self.client.clone(), self.stream.clone());
        async move {
            let asked_at = SystemTime::now();
            let iterator = match cursor.iterator.take() {
                Some(iterator) => iterator,
                None => {
                    let input = cursor.position.request(&stream, &shard);
                    let target = "DynamoDBStreams_20120810.GetShardIterator";
                    client.call::<GetShardIterator>(target, &input).await?.shard_iterator
                }
            };
            let input = json!({"ShardIterator": iterator});
            let mut answer: GetRecords =
                client.call("DynamoDBStreams_20120810.GetRecords", &input).await?;
            cursor.iterator = mem::take(&mut answer.next_shard_iterator);
            cursor.read_at = asked_at;
            Ok((cursor, answer))
        }
    }

    /// Adds to the poll what a shard's read brought.
    fn take(&mut self, id: String, read: Result<(Cursor, GetRecords), CallError>, poll: &mut Poll) {
        debug_assert!(
            matches!(self.shards.get(&id), Some(Progress::Open(_))),
            "only open shards are read, and nothing closes one meanwhile"
        );
        let taken = read.and_then(|(cursor, answer)| cursor.pass(answer.records, poll));
        match taken {
            Ok(cursor) if cursor.iterator.is_some() => {
                self.shards.insert(id, Progress::Open(cursor));
            }
            // Its end, or the shard itself is gone: children are looked for at once.
            Ok(_) => self.end(id, poll),
            Err(error) if error.is("ResourceNotFoundException") => self.end(id, poll),
            Err(error) => {
                if let Some(Progress::Open(cursor)) = self.shards.get_mut(&id)
                    && let Some(again) = cursor.after(&error)
                {
                    poll.gap |= error.is("TrimmedDataAccessException");
                    poll.more = true;
                    *cursor = again;
                } else {
                    poll.trouble = Some(error);
                }
            }
        }
    }

    fn end(&mut self, shard: String, poll: &mut Poll) {
        self.shards.insert(shard, Progress::Ended);
        self.listed_at = None;
        poll.more = true;
    }
}

/// A shard of which only what is still to come is wanted.
fn at_the_end(shard: &Shard) -> Progress {
    match shard.sequence_number_range.ending_sequence_number {
        Some(_) => Progress::Ended,
        None => Progress::Open(Cursor::at(Position::Start(Start::Now))),
    }
}

impl Cursor {
    fn at(position: Position) -> Self {
        Self { position, iterator: None, read_at: SystemTime::now(), time: 0.0 }
    }

    /// Adds records to the poll; answers with the place behind them.
    fn pass(mut self, records: Vec<Box<RawValue>>, poll: &mut Poll) -> Result<Self, CallError> {
        for raw in records {
            let record: Record = serde_json::from_str(raw.get())
                .map_err(|error| CallError::Foreign(error.to_string()))?;
            self.time = self.time.max(record.dynamodb.approximate_creation_date_time);
            self.position = Position::After(record.dynamodb.sequence_number.clone());
            poll.records.push(Followed { record, raw, time: self.time });
            poll.more = true;
        }
        Ok(self)
    }

    /// Where to go on after an error that says the place is no longer good.
    fn after(&self, error: &CallError) -> Option<Self> {
        let position = match error {
            // The machine slept: iterators live for a quarter of an hour.
            error if error.is("ExpiredIteratorException") => match &self.position {
                Position::Start(Start::Now) => Position::Start(Start::Since(self.read_at)),
                position => position.clone(),
            },
            error if error.is("TrimmedDataAccessException") => Position::Start(Start::Oldest),
            _ => return None,
        };
        Some(Self { position, iterator: None, ..*self })
    }
}

impl Position {
    /// The input of GetShardIterator.
    fn request(&self, stream: &str, shard: &str) -> Value {
        let mut input = json!({"StreamArn": stream, "ShardId": shard});
        let kind = match self {
            Self::Start(Start::Oldest) => "TRIM_HORIZON",
            Self::Start(Start::Now) => "LATEST",
            Self::Start(Start::Since(time)) => {
                let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                input["Timestamp"] = since.as_secs_f64().into();
                "AT_TIMESTAMP"
            }
            Self::After(sequence) => {
                input["SequenceNumber"] = sequence.as_str().into();
                "AFTER_SEQUENCE_NUMBER"
            }
        };
        input["ShardIteratorType"] = kind.into();
        input
    }
}

impl Followed {
    /// Records of one second go by their numbers, which are texts of digits.
    fn place(&self) -> (f64, usize, &str) {
        let sequence = self.record.dynamodb.sequence_number.as_str();
        (self.time, sequence.len(), sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: &str) -> CallError {
        CallError::Refused { kind: kind.to_owned(), message: String::new() }
    }

    #[test]
    fn a_reader_that_slept_goes_on_where_it_was() {
        let expired = refused("ExpiredIteratorException");
        let read = Cursor::at(Position::After("1".to_owned()));
        assert_eq!(read.after(&expired).unwrap().position, read.position);
        // No record has come yet, so only the time says where.
        let waiting = Cursor::at(Position::Start(Start::Now));
        let since = Position::Start(Start::Since(waiting.read_at));
        assert_eq!(waiting.after(&expired).unwrap().position, since);
    }

    #[test]
    fn a_reader_that_came_too_late_begins_with_what_is_there() {
        let cursor = Cursor::at(Position::After("1".to_owned()));
        let again = cursor.after(&refused("TrimmedDataAccessException")).unwrap();
        assert_eq!(again.position, Position::Start(Start::Oldest));
        assert!(cursor.after(&refused("ValidationException")).is_none());
    }
}
