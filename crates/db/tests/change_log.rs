//! Following a stream within the process: being woken, seeing whole atoms, keeping what is not read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use model::{ReturnValuesOnConditionCheckFailure, SequenceNumber, StreamArn, StreamView, TableRef};
use stator_db::{
    ChangeLog, LoggedChange, Report, TransactAction, TransactOperation, TransactWriteItems, Upkeep,
};
use store::slow::SlowStore;
use support::*;

const HOUR_MS: u64 = 60 * 60 * 1000;
const START: SequenceNumber = SequenceNumber(0);

/// A database with a table `t` that has a stream.
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

    async fn stream(&self) -> StreamArn {
        self.db.streams(&scope()).await.remove(0)
    }

    async fn log(&self) -> ChangeLog<SlowStore> {
        self.db.change_log(&scope(), &self.stream().await).unwrap()
    }

    async fn put(&self, p: &str) {
        write(&*self.db, "t", map([("p", s(p))])).await;
    }

    /// A put whose commit is on its way and stays there until the store is released.
    async fn held_put(&self) -> tokio::task::JoinHandle<bool> {
        self.store.hold();
        let db = Arc::clone(&self.db);
        let client = tokio::spawn(async move {
            db.put_item(&scope(), put("t", map([("p", s("a"))]))).await.is_ok()
        });
        self.store.until_tickets_wait(1).await;
        client
    }

    async fn pass(&self, ms: u64) {
        self.clock.advance(ms);
        self.db.keep_up(Upkeep::Streams).await.unwrap();
    }
}

/// What all shards of a log have, parents before children.
async fn all_of(log: &ChangeLog<SlowStore>) -> Vec<LoggedChange> {
    let mut all = Vec::new();
    for shard in log.shards() {
        all.extend(log.read(shard.id(), START, 1000).await.unwrap());
    }
    all
}

/// Whether a log has grown, everybody else having run.
async fn has_grown(log: &mut ChangeLog<SlowStore>) -> bool {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    pin!(log.grown()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[tokio::test]
async fn a_reader_who_waits_is_woken_when_the_change_is_durable_and_not_before() {
    let bench = Bench::new().await;
    let mut log = bench.log().await;
    let client = bench.held_put().await;
    assert!(!has_grown(&mut log).await);
    bench.store.release();
    log.grown().await;
    assert_eq!(all_of(&log).await.len(), 1);
    assert!(client.await.unwrap());
    assert!(!has_grown(&mut log).await, "once is enough");
}

#[tokio::test]
async fn a_change_that_fails_wakes_nobody() {
    let bench = Bench::new().await;
    let mut log = bench.log().await;
    let client = bench.held_put().await;
    bench.store.fail_next();
    bench.store.release();
    assert!(!client.await.unwrap());
    assert!(!has_grown(&mut log).await);
    assert_eq!(all_of(&log).await, []);
    bench.put("a").await;
    log.grown().await;
    assert_eq!(all_of(&log).await.len(), 1);
}

#[tokio::test]
async fn a_change_whose_client_went_away_wakes_readers_all_the_same() {
    let bench = Bench::new().await;
    let client = bench.held_put().await;
    client.abort();
    client.await.unwrap_err();
    // This one comes when nobody waits for the change any more.
    let mut log = bench.log().await;
    bench.store.release();
    log.grown().await;
    assert_eq!(all_of(&log).await.len(), 1);
}

#[tokio::test]
async fn a_rollover_and_the_end_of_a_stream_wake_readers() {
    let bench = Bench::new().await;
    let mut log = bench.log().await;
    bench.pass(4 * HOUR_MS).await;
    log.grown().await;
    assert_eq!(log.shards().len(), 8);
    bench.db.table_deleted(&scope(), TableRef::new("t")).await.unwrap();
    log.grown().await;
    assert!(log.shards().iter().all(|shard| shard.last().is_some()));
    bench.db.settled().await;
}

#[tokio::test]
async fn the_last_change_of_a_transaction_in_each_shard_says_so() {
    let bench = Bench::new().await;
    let actions = (0..20).map(|number| TransactAction {
        table: TableRef::new("t").into(),
        operation: TransactOperation::Put(encoded(map([("p", s(&format!("{number}")))]))),
        condition: None,
        on_failure: ReturnValuesOnConditionCheckFailure::None,
    });
    let transaction = TransactWriteItems {
        actions: actions.collect(),
        client_token: None,
        report: Report::default(),
    };
    bench.db.transact_write_items(&scope(), transaction).await.unwrap();
    let log = bench.log().await;
    for shard in log.shards() {
        let changes = log.read(shard.id(), START, 1000).await.unwrap();
        let marks: Vec<_> = changes.iter().map(|change| change.ends_atom.unwrap()).collect();
        let (last, others) = marks.split_last().expect("twenty items are in every shard");
        assert!(!others.is_empty() && *last && !others.contains(&true), "{marks:?}");
    }
}

#[tokio::test]
async fn a_pinned_stream_keeps_its_records_and_shards_until_it_is_unpinned() {
    let bench = Bench::new().await;
    bench.put("before").await;
    bench.clock.advance(1000);
    bench.put("a").await;
    let log = bench.log().await;
    let changes = all_of(&log).await;
    let [_, second] = &changes[..] else { panic!("{changes:?}") };
    let second = second.clone();
    let pin = log.pin(second.record.sequence()).unwrap();

    bench.pass(4 * HOUR_MS).await;
    bench.pass(40 * HOUR_MS).await;
    assert!(all_of(&log).await.contains(&second));
    let shown = bench.db.all_records(&scope(), &bench.stream().await).await;
    assert_eq!(shown, [], "clients see nothing that is older than a day");
    assert!(log.pin(START).is_none(), "what was before may have been removed");

    drop(pin);
    bench.pass(HOUR_MS).await;
    assert_eq!(all_of(&log).await, []);
    assert!(log.pin(second.record.sequence()).is_none());
    assert_eq!(log.shards().len(), 8, "the first shards and those that followed are gone");
}

#[tokio::test]
async fn records_of_an_open_shard_are_trimmed_up_to_the_pin() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        bench.put("a").await;
        write(&*bench.db, "t", map([("p", s("a")), ("v", s("1"))])).await;
        bench.clock.advance(1000);
    }
    let log = bench.log().await;
    let third = all_of(&log).await.remove(2);
    let pin = log.pin(third.record.sequence()).unwrap();
    bench.pass(25 * HOUR_MS).await;
    let left = all_of(&log).await;
    assert_eq!((left.len(), &left[0]), (4, &third));
    drop(pin);
    bench.pass(HOUR_MS).await;
    assert_eq!(all_of(&log).await, []);
}

#[tokio::test]
async fn a_stream_that_was_switched_off_outlives_its_retention_while_it_is_pinned() {
    let bench = Bench::new().await;
    bench.put("a").await;
    let log = bench.log().await;
    let pin = log.pin(START).unwrap();
    bench.db.table_deleted(&scope(), TableRef::new("t")).await.unwrap();
    bench.pass(48 * HOUR_MS).await;
    assert_eq!(all_of(&log).await.len(), 1);
    drop(pin);
    bench.pass(0).await;
    assert!(bench.db.streams(&scope()).await.is_empty());
    let shard = log.shards().remove(0);
    assert!(log.read(shard.id(), START, 1).await.is_err(), "the stream is gone");
    bench.db.settled().await;
}

#[tokio::test]
async fn a_pin_that_is_taken_again_after_a_restart_keeps_what_it_kept() {
    let bench = Bench::new().await;
    bench.put("a").await;
    let log = bench.log().await;
    let change = all_of(&log).await.remove(0);
    let _pin = log.pin(change.record.sequence()).unwrap();
    bench.pass(48 * HOUR_MS).await;

    let db = Arc::new(open(bench.store.clone(), &bench.clock).await);
    let bench = Bench { db, ..bench };
    let log = bench.log().await;
    let _pin = log.pin(change.record.sequence()).unwrap();
    bench.pass(HOUR_MS).await;
    assert_eq!(all_of(&log).await, [change]);
}
