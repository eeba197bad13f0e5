//! What time does to streams, and what a restart finds of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::ops::ControlFlow;

use model::api::{Record, Shard, StreamStatus, UpdateTableInput};
use model::{
    ApiError, ChangeKind, ShardPosition, StreamArn, StreamDeclaration, StreamView, TableRef,
};
use stator_db::{GetRecords, ShardIterator, Upkeep};
use store::slow::SlowStore;
use store::{Consistency, Direction, Kind, RowRange, Space, Store as _};
use support::*;

const MINUTE_MS: u64 = 60 * 1000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
/// The kind of rows that are change records (docs/format/streams.md).
const CHANGE: Kind = Kind(0x30);

/// A database with a table `t` that has a stream.
struct Bench {
    store: SlowStore,
    clock: TestClock,
    db: Db<SlowStore>,
}

impl Bench {
    async fn new() -> Self {
        let (store, clock) = (slow_store(), TestClock::new(1_700_000_000_000));
        let db = open(store.clone(), &clock).await;
        let declaration = with_stream(table("t", "p:S", None), StreamView::NewAndOldImages);
        db.create_table(&scope(), declaration).await.unwrap();
        Self { store, clock, db }
    }

    /// The same data after the process has ended, however it did.
    async fn reopened(self) -> Self {
        let db = open(self.store.clone(), &self.clock).await;
        Self { db, ..self }
    }

    async fn put(&self, p: &str, value: &str) {
        write(&self.db, "t", map([("p", s(p)), ("v", s(value))])).await;
    }

    async fn pass(&self, ms: u64) {
        self.clock.advance(ms);
        self.db.keep_up(Upkeep::Streams).await.unwrap();
    }

    async fn streams(&self) -> Vec<StreamArn> {
        self.db.streams(&scope()).await
    }

    async fn stream(&self) -> StreamArn {
        let [stream] = <[_; 1]>::try_from(self.streams().await).unwrap();
        stream
    }

    async fn shards(&self) -> Vec<Shard> {
        let stream = self.stream().await;
        self.db.stream_described(&scope(), &stream, None).await.unwrap().shards.unwrap()
    }

    async fn iterator(&self, shard: &Shard, position: ShardPosition) -> Result<String, ApiError> {
        let stream = self.stream().await;
        self.db.iterator(&scope(), (&stream, shard.id()), position).await
    }

    async fn read(&self, iterator: String) -> Result<(Vec<Record>, Option<String>), ApiError> {
        self.db.records(&scope(), iterator).await
    }

    /// All records of a shard, and whether it goes on.
    async fn all(&self, shard: &Shard) -> (Vec<Record>, bool) {
        let iterator = self.iterator(shard, ShardPosition::TrimHorizon).await.unwrap();
        let (records, next) = self.read(iterator).await.unwrap();
        (records, next.is_some())
    }

    /// How many records the store has, whoever may read them.
    async fn stored(&self) -> usize {
        let mut count = 0;
        for space in (0..32).map(Space) {
            let visit = |row: store::Row<'_>| {
                count += usize::from(row.key.kind() == CHANGE);
                ControlFlow::Continue(())
            };
            let range = RowRange::Space(space);
            let shown = self.store.range(&range, Direction::Forward, Consistency::Strong, visit);
            shown.await.unwrap();
        }
        count
    }

    /// What the shards' records say `v` became, parents before children.
    async fn values(&self) -> Vec<String> {
        let mut values = Vec::new();
        for shard in self.shards().await {
            for record in self.all(&shard).await.0 {
                let (kind, change) = (record.event_name.unwrap(), record.dynamodb.unwrap());
                let image = change.new_image.or(change.old_image).unwrap().decode();
                values.push(format!("{kind:?} {:?}", image["v"]));
            }
        }
        values
    }
}

#[tokio::test]
async fn shards_are_followed_by_children_that_go_on_with_the_same_items() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    bench.pass(4 * HOUR_MS - 1).await;
    let parents = bench.shards().await;
    assert_eq!(parents.len(), 4);

    bench.pass(1).await;
    bench.put("a", "2").await;
    let shards = bench.shards().await;
    assert_eq!(shards.len(), 8);
    for (parent, child) in shards[..4].iter().zip(&shards[4..]) {
        assert_eq!(child.parent_shard_id, parent.shard_id);
        assert!(parent.last().unwrap() < child.first() && child.last().is_none());
        let (of_parent, goes_on) = bench.all(parent).await;
        assert!(!goes_on, "a closed shard ends");
        let (of_child, goes_on) = bench.all(child).await;
        assert!(goes_on, "an open shard goes on");
        assert_eq!(of_parent.len(), of_child.len(), "an item stays in its range");
        let numbers = of_parent.iter().chain(&of_child).map(|record| record.sequence());
        assert!(numbers.is_sorted());
    }
    let stream = bench.stream().await;
    let parent = Some(shards[1].id());
    let described = bench.db.stream_described(&scope(), &stream, parent).await.unwrap();
    assert_eq!(described.shards, Some(vec![shards[5].clone()]));
}

#[tokio::test]
async fn records_and_shards_go_on_behind_a_restart_with_a_clock_that_was_set_back() {
    let bench = Bench::new().await;
    bench.clock.advance(HOUR_MS);
    bench.put("a", "1").await;
    let parent = {
        let parents = bench.shards().await;
        let mut filled = parents.into_iter().enumerate();
        loop {
            let (rank, shard) = filled.next().unwrap();
            if !bench.all(&shard).await.0.is_empty() {
                break rank;
            }
        }
    };
    bench.clock.set(1_700_000_000_000 - 24 * HOUR_MS);
    let bench = bench.reopened().await;
    bench.put("a", "2").await;
    let created = |records: &[Record]| -> Vec<_> {
        let change = |record: &Record| record.dynamodb.clone().unwrap();
        let moments = records.iter().map(change);
        moments.map(|change| change.approximate_creation_date_time_ms).collect()
    };
    let (records, _) = bench.all(&bench.shards().await[parent]).await;
    assert_eq!(records.len(), 2);
    assert!(created(&records).is_sorted(), "{:?}", created(&records));

    bench.pass(40 * HOUR_MS).await;
    bench.put("a", "3").await;
    let shards = bench.shards().await;
    let (parent, child) = (&shards[parent], &shards[parent + 4]);
    assert!(records[1].sequence() < parent.last().unwrap());
    assert!(parent.last().unwrap() < child.first());
    assert_eq!(bench.all(parent).await.0, records);
    assert_eq!(bench.all(child).await.0.len(), 1);
}

#[tokio::test]
async fn a_reader_of_an_open_shard_finds_its_end_after_the_rollover() {
    let bench = Bench::new().await;
    let shard = &bench.shards().await[0];
    let waiting = bench.iterator(shard, ShardPosition::Latest).await.unwrap();
    bench.pass(4 * HOUR_MS).await;
    let expired = bench.read(waiting).await.unwrap_err();
    assert_eq!(expired, ApiError::ExpiredIterator("Iterator expired".into()));
    let again = bench.iterator(shard, ShardPosition::Latest).await.unwrap();
    assert_eq!(bench.read(again).await.unwrap(), (vec![], None));
}

#[tokio::test]
async fn records_are_kept_for_a_day_and_then_go_with_their_shards() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    let written_in = bench.shards().await;
    bench.pass(4 * HOUR_MS).await;
    bench.put("a", "2").await;
    let count = async || bench.values().await.len();
    assert_eq!(count().await, 2);
    bench.pass(20 * HOUR_MS + 10).await;
    assert_eq!(count().await, 1, "the first record is older than a day");
    bench.pass(4 * HOUR_MS).await;
    let known = bench.shards().await;
    assert!(written_in.iter().all(|shard| known.iter().all(|other| other.id() != shard.id())));
    assert_eq!(count().await, 0);
    let gone = bench.iterator(&written_in[0], ShardPosition::TrimHorizon).await;
    assert!(matches!(gone, Err(ApiError::ResourceNotFound(_))));
    let first = bench.shards().await[0].clone();
    let trimmed = bench.iterator(&first, ShardPosition::At(written_in[0].first())).await;
    assert!(matches!(trimmed, Err(ApiError::TrimmedDataAccess(_))));
}

#[tokio::test]
async fn a_record_is_shown_for_a_day_to_the_millisecond_whenever_it_is_removed() {
    let bench = Bench::new().await;
    // A shard's numbers begin a moment after the shard.
    bench.clock.advance(1000);
    bench.put("a", "1").await;
    bench.clock.advance(24 * HOUR_MS);
    assert_eq!(bench.values().await.len(), 1);
    bench.clock.advance(1);
    assert_eq!(bench.values().await.len(), 0);
    assert_eq!(bench.stored().await, 1);
}

#[tokio::test]
async fn a_reader_whom_the_horizon_overtook_is_told_so_if_something_was_there() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    bench.clock.advance(24 * HOUR_MS);
    let mut iterators = Vec::new();
    for shard in bench.shards().await {
        iterators.push(bench.iterator(&shard, ShardPosition::TrimHorizon).await.unwrap());
    }
    // As late as an iterator may come.
    bench.pass(15 * MINUTE_MS).await;
    let mut missed = 0;
    for iterator in iterators {
        match bench.read(iterator).await {
            Ok((records, _)) => assert_eq!(records, []),
            Err(ApiError::TrimmedDataAccess(_)) => missed += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(missed, 1, "three shards were empty");
}

#[tokio::test]
async fn a_reader_of_a_shard_without_changes_reads_on_for_longer_than_a_day() {
    let bench = Bench::new().await;
    let shard = &bench.shards().await[0];
    let mut iterator = bench.iterator(shard, ShardPosition::TrimHorizon).await.unwrap();
    for _ in 0..25 * 4 {
        bench.clock.advance(15 * MINUTE_MS);
        let (records, next) = bench.read(iterator).await.unwrap();
        assert_eq!(records, []);
        iterator = next.expect("an open shard goes on");
    }
}

#[tokio::test]
async fn old_records_are_removed_before_their_shard_in_steps() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    bench.pass(24 * HOUR_MS + 15 * MINUTE_MS).await;
    assert_eq!(bench.stored().await, 1, "somebody may still have an iterator before it");
    bench.pass(10 * MINUTE_MS).await;
    assert_eq!(bench.stored().await, 1, "removals are rare");
    bench.pass(5 * MINUTE_MS).await;
    assert_eq!(bench.stored().await, 0);
    assert_eq!(bench.shards().await.len(), 8, "the shard was closed late, and is still there");
}

#[tokio::test]
async fn no_record_is_numbered_before_its_shard_even_in_its_first_moment() {
    let bench = Bench::new().await;
    let mut latest = Vec::new();
    for shard in bench.shards().await {
        latest.push(bench.iterator(&shard, ShardPosition::Latest).await.unwrap());
    }
    // The clock stands: the change is made in the moment in which the shards began.
    bench.put("a", "1").await;
    let mut seen = 0;
    for iterator in latest {
        seen += bench.read(iterator).await.unwrap().0.len();
    }
    assert_eq!(seen, 1, "a reader who waited from the beginning sees it");
    for shard in bench.shards().await {
        let (records, _) = bench.all(&shard).await;
        assert!(records.iter().all(|record| record.sequence() >= shard.first()));
    }
}

#[tokio::test]
async fn a_time_is_a_position() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    bench.clock.advance(1000);
    bench.put("a", "2").await;
    let mut found = Vec::new();
    for shard in bench.shards().await {
        let position = ShardPosition::AtTime(1_700_000_000_500);
        let iterator = bench.iterator(&shard, position).await.unwrap();
        found.extend(bench.read(iterator).await.unwrap().0);
    }
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].event_name, Some(ChangeKind::Modify));
    let created_at_ms = found[0].change().approximate_creation_date_time_ms;
    assert_eq!(created_at_ms, Some(1_700_000_001_000));
}

#[tokio::test]
async fn a_restart_keeps_records_and_shards_and_numbers_go_on() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    let (stream, shards) = (bench.stream().await, bench.shards().await);
    let bench = bench.reopened().await;
    assert_eq!((bench.stream().await, bench.shards().await), (stream, shards));
    bench.put("a", "2").await;
    assert_eq!(bench.values().await, [r#"Insert S("1")"#, r#"Modify S("2")"#]);
    let mut numbers = Vec::new();
    for shard in bench.shards().await {
        numbers.extend(bench.all(&shard).await.0.iter().map(|record| record.sequence()));
    }
    assert!(numbers.len() == 2 && numbers[0] < numbers[1]);
}

#[tokio::test]
async fn the_stream_of_a_dropped_table_is_disabled_and_goes_after_a_day() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    bench.db.table_deleted(&scope(), TableRef::new("t")).await.unwrap();
    let stream = bench.stream().await;
    let bench = bench.reopened().await;
    let described = bench.db.stream_described(&scope(), &stream, None).await.unwrap();
    assert_eq!(described.stream_status, Some(StreamStatus::Disabled));
    assert_eq!(bench.values().await, [r#"Insert S("1")"#]);

    bench.pass(24 * HOUR_MS).await;
    assert_eq!(bench.streams().await, []);
    let gone = bench.db.stream_described(&scope(), &stream, None).await;
    assert!(matches!(gone, Err(ApiError::ResourceNotFound(_))));
}

#[tokio::test]
async fn figures_count_records_and_tell_how_far_readers_are_behind() {
    let bench = Bench::new().await;
    bench.put("a", "1").await;
    bench.put("a", "2").await;
    bench.clock.advance(5000);
    let figures = async |bench: &Bench| {
        let [figures] = <[_; 1]>::try_from(bench.db.stream_figures()).unwrap();
        (figures.written, figures.read, figures.iterator_age_ms)
    };
    assert_eq!(figures(&bench).await, (2, 0, 0));
    for shard in bench.shards().await {
        let shard_iterator = bench.iterator(&shard, ShardPosition::TrimHorizon).await.unwrap();
        let request =
            GetRecords { iterator: ShardIterator::parse(&shard_iterator), limit: Some(1) };
        bench.db.get_records(&scope(), request).await.unwrap();
    }
    assert_eq!(figures(&bench).await, (2, 1, 5000), "a record remains");
    assert_eq!(bench.values().await.len(), 2);
    assert_eq!(figures(&bench).await, (2, 3, 0), "everything was read");

    // Another stream of the table counts on.
    let switch = async |enabled: bool| {
        let view = enabled.then_some(StreamView::KeysOnly);
        let stream = Some(StreamDeclaration { enabled, view });
        bench
            .db
            .update_table(
                &scope(),
                UpdateTableInput { stream_specification: stream, ..update_of("t") },
            )
            .await
            .unwrap();
    };
    switch(false).await;
    switch(true).await;
    bench.put("a", "3").await;
    assert_eq!(figures(&bench).await, (3, 3, 0));
}
