//! What can be seen when a commit fails, or when it is not known yet whether it will.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use model::api::{ListTablesInput, StreamStatus};
use model::{ApiError, StreamArn, StreamView, TableRef, TimeToLiveStatus};
use stator_db::Upkeep;
use store::slow::SlowStore;
use support::*;

const HOUR_MS: u64 = 60 * 60 * 1000;

/// A database over a store that fails when it is told to, with a table `t` that has a stream.
struct Bench {
    store: SlowStore,
    clock: TestClock,
    db: Arc<Db<SlowStore>>,
}

impl Bench {
    async fn new() -> Self {
        let (store, clock) = (slow_store(), TestClock::new(1_700_000_000_000));
        let db = Arc::new(open(store.clone(), &clock).await);
        let declaration = with_stream(table("t", "p:S", None), StreamView::NewImage);
        db.create_table(&scope(), declaration).await.unwrap();
        Self { store, clock, db }
    }

    async fn put(&self, value: &str) {
        write(&*self.db, "t", map([("p", s("a")), ("v", s(value))])).await;
    }

    async fn stream(&self) -> Option<(StreamArn, StreamStatus)> {
        let arn = self.db.streams(&scope()).await.into_iter().next()?;
        let described = self.db.stream_described(&scope(), &arn, None).await.unwrap();
        Some((arn, described.stream_status?))
    }

    /// The values that the records say, of all shards in their order.
    async fn values(&self) -> Vec<String> {
        let (stream, _) = self.stream().await.unwrap();
        let records = self.db.all_records(&scope(), &stream).await;
        let images = records.into_iter().map(|record| record.dynamodb.unwrap().new_image.unwrap());
        images.map(|image| format!("{:?}", image.decode()["v"])).collect()
    }
}

#[tokio::test]
async fn a_rollover_that_fails_loses_no_record() {
    let bench = Bench::new().await;
    bench.put("1").await;
    bench.clock.advance(4 * HOUR_MS);
    bench.store.be_read_only(true);
    bench.db.keep_up(Upkeep::Streams).await.unwrap_err();
    bench.store.be_read_only(false);
    bench.put("2").await;
    bench.db.keep_up(Upkeep::Streams).await.unwrap();
    bench.put("3").await;
    let expected = ["1", "2", "3"].map(|value| format!("{:?}", s(value)));
    assert_eq!(bench.values().await, expected);
}

#[tokio::test]
async fn writers_of_a_stream_wait_until_its_rollover_is_durable() {
    let bench = Bench::new().await;
    bench.put("1").await;
    bench.clock.advance(4 * HOUR_MS);
    bench.store.hold();
    let db = Arc::clone(&bench.db);
    let rollover = tokio::spawn(async move { db.keep_up(Upkeep::Streams).await });
    bench.store.until_tickets_wait(1).await;

    let db = Arc::clone(&bench.db);
    let put =
        tokio::spawn(async move { write(&*db, "t", map([("p", s("a")), ("v", s("2"))])).await });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.store.tickets_waiting(), 1, "the put is not queued yet");
    bench.store.release();
    rollover.await.unwrap().unwrap();
    put.await.unwrap();
    let expected = ["1", "2"].map(|value| format!("{:?}", s(value)));
    assert_eq!(bench.values().await, expected);
}

#[tokio::test]
async fn a_rollover_that_nobody_waits_for_any_more_is_finished_before_writers_go_on() {
    let bench = Bench::new().await;
    bench.clock.advance(4 * HOUR_MS);
    bench.store.hold();
    let db = Arc::clone(&bench.db);
    let rollover = tokio::spawn(async move { db.keep_up(Upkeep::Streams).await });
    bench.store.until_tickets_wait(1).await;
    rollover.abort();
    rollover.await.unwrap_err();
    bench.store.release();
    bench.put("1").await;
    let expected = [format!("{:?}", s("1"))];
    assert_eq!(bench.values().await, expected, "the record is in a shard that readers know");
}

#[tokio::test]
async fn a_stream_whose_removal_fails_is_removed_by_the_next_upkeep() {
    let bench = Bench::new().await;
    bench.db.table_deleted(&scope(), TableRef::new("t")).await.unwrap();
    bench.clock.advance(25 * HOUR_MS);
    bench.store.be_read_only(true);
    bench.db.keep_up(Upkeep::Streams).await.unwrap_err();
    assert!(bench.stream().await.is_some(), "its row is still there");
    bench.store.be_read_only(false);
    bench.db.keep_up(Upkeep::Streams).await.unwrap();
    assert!(bench.stream().await.is_none());
}

#[tokio::test]
async fn a_stream_that_could_not_be_ended_with_its_table_is_ended_by_the_next_upkeep() {
    let bench = Bench::new().await;
    bench.store.be_read_only_after(1);
    bench.db.table_deleted(&scope(), TableRef::new("t")).await.unwrap();
    assert_eq!(bench.stream().await.unwrap().1, StreamStatus::Enabled);
    bench.store.be_read_only(false);
    bench.db.keep_up(Upkeep::Streams).await.unwrap();
    assert_eq!(bench.stream().await.unwrap().1, StreamStatus::Disabled);
}

#[tokio::test]
async fn a_table_that_could_not_be_dropped_is_as_it_was() {
    let bench = Bench::new().await;
    bench.store.be_read_only(true);
    let failed = bench.db.table_deleted(&scope(), TableRef::new("t")).await;
    assert_eq!(failed.unwrap_err(), ApiError::InternalServerError);
    bench.store.be_read_only(false);
    bench.put("1").await;
    assert_eq!(bench.values().await.len(), 1);
    assert_eq!(bench.stream().await.unwrap().1, StreamStatus::Enabled);
}

#[tokio::test]
async fn requests_wait_to_see_whether_their_table_is_dropped() {
    let bench = Bench::new().await;
    for fails in [true, false] {
        bench.store.hold();
        if fails {
            bench.store.fail_next();
        }
        let db = Arc::clone(&bench.db);
        let drop =
            tokio::spawn(async move { db.table_deleted(&scope(), TableRef::new("t")).await });
        bench.store.until_tickets_wait(1).await;
        let db = Arc::clone(&bench.db);
        let put =
            tokio::spawn(
                async move { db.put_item(&scope(), put("t", map([("p", s("a"))]))).await },
            );
        let db = Arc::clone(&bench.db);
        let get =
            tokio::spawn(
                async move { db.get_item(&scope(), get("t", map([("p", s("a"))]))).await },
            );
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!put.is_finished() && !get.is_finished());
        bench.store.release();
        assert_eq!(drop.await.unwrap().is_err(), fails);
        assert_eq!(put.await.unwrap().is_ok(), fails, "the table is there if it was not dropped");
        assert_eq!(get.await.unwrap().is_ok(), fails);
    }
    bench.db.settled().await;
}

#[tokio::test]
async fn what_could_not_be_written_to_the_catalog_is_not_seen() {
    let bench = Bench::new().await;
    bench.store.be_read_only(true);
    let created = bench.db.table_created(&scope(), table("u", "p:S", None)).await;
    assert_eq!(created.unwrap_err(), ApiError::InternalServerError);
    let updated =
        bench.db.table_updated(&scope(), create_index("t", "i", (&["x:S"], &[]), all())).await;
    assert_eq!(updated.unwrap_err(), ApiError::InternalServerError);
    let enabled = bench.db.time_to_live_updated(&scope(), "t", ("until", true)).await;
    assert_eq!(enabled.unwrap_err(), ApiError::InternalServerError);

    for db in [&*bench.db, &open(bench.store.clone(), &bench.clock).await] {
        let listed = db.list_tables(&scope(), ListTablesInput::default()).await.unwrap();
        assert_eq!(listed.table_names.unwrap(), ["t"]);
        let described = db.table_described(&scope(), TableRef::new("t")).await.unwrap();
        assert!(described.globals().is_empty());
        let status = db.time_to_live_status(&scope(), "t").await;
        assert_eq!(status, TimeToLiveStatus::Disabled);
    }
}
