//! Items that go when their time has come.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{
    ApiError, AttributeValue, ChangeOrigin, ShardPosition, StreamDeclaration, StreamView, TableRef,
    TimeToLiveStatus,
};
use stator_db::{Db, GetRecords, GetShardIterator, ListStreams, Scan, ShardPage, UpdateTimeToLive};
use store::MemoryStore;
use support::*;

const NOW_S: u64 = 1_700_000_000;
const HOUR_MS: u64 = 60 * 60 * 1000;

struct Bench {
    store: MemoryStore,
    clock: TestClock,
    db: Db<MemoryStore>,
}

impl Bench {
    /// A table `t` with a stream and an index; time to live is not enabled yet.
    async fn new() -> Self {
        let (store, clock) = (MemoryStore::new(), TestClock::new(NOW_S * 1000));
        let db = open(store.clone(), &clock).await;
        let declaration = table("t", "p:S", None);
        let mut declaration = with_global(declaration, "i", (&["g:S"], &[]), all());
        let view = Some(StreamView::NewAndOldImages);
        declaration.stream = Some(StreamDeclaration { enabled: true, view });
        db.create_table(&scope(), declaration).await.unwrap();
        Self { store, clock, db }
    }

    async fn enabled() -> Self {
        let bench = Self::new().await;
        bench.update("until", true).await.unwrap();
        bench.db.settled().await;
        bench
    }

    async fn update(&self, attribute: &str, enabled: bool) -> Result<(), ApiError> {
        let (table, attribute) = (TableRef::new("t"), attribute.to_owned());
        self.db.update_time_to_live(&scope(), UpdateTimeToLive { table, attribute, enabled }).await
    }

    fn status(&self) -> TimeToLiveStatus {
        self.db.describe_time_to_live(&scope(), &TableRef::new("t")).unwrap().status
    }

    async fn put(&self, p: &str, until: AttributeValue) {
        write(&self.db, "t", map([("p", s(p)), ("g", s("all")), ("until", until)])).await;
    }

    async fn put_until(&self, p: &str, seconds: u64) {
        self.put(p, n(&seconds.to_string())).await;
    }

    async fn pass(&self, seconds: u64) {
        self.clock.advance(seconds * 1000);
        self.db.keep_up().await.unwrap();
    }

    /// The keys of the items that are there, sorted; index and counters must agree.
    async fn there(&self) -> Vec<String> {
        let keys = async |index: Option<&str>| {
            let request = Scan { index: index.map(str::to_owned), ..scan("t") };
            let page = self.db.scan(&scope(), request).await.unwrap();
            let items = page.items.unwrap();
            let key = |item: &model::Item| match &item.decode()["p"] {
                AttributeValue::S(p) => p.clone(),
                other => panic!("{other:?}"),
            };
            let mut keys: Vec<String> = items.iter().map(key).collect();
            keys.sort();
            keys
        };
        let items = keys(None).await;
        assert_eq!(keys(Some("i")).await, items);
        let described = self.db.describe_table(&scope(), TableRef::new("t")).await.unwrap();
        assert_eq!(described.item_count, items.len() as u64);
        assert_eq!(described.indexes[0].item_count, items.len() as u64);
        items
    }

    /// Who removed items, as the stream tells.
    async fn removals(&self) -> Vec<ChangeOrigin> {
        let streams = self.db.list_streams(&scope(), ListStreams::default()).await.unwrap();
        let stream = &streams.streams[0];
        let page = ShardPage::default();
        let described = self.db.describe_stream(&scope(), stream, &page).await.unwrap();
        let mut removals = Vec::new();
        for shard in described.shards {
            let (stream, position) = (stream.clone(), ShardPosition::TrimHorizon);
            let request = GetShardIterator { stream, shard: shard.id, position };
            let iterator = self.db.get_shard_iterator(&scope(), request).await.unwrap();
            let request = GetRecords { iterator, limit: None };
            let records = self.db.get_records(&scope(), request).await.unwrap().records;
            let gone = records.into_iter().filter(|record| record.new_image.is_none());
            removals.extend(gone.map(|record| record.origin));
        }
        removals
    }
}

#[tokio::test]
async fn items_go_once_their_time_has_come_and_no_sooner() {
    let bench = Bench::enabled().await;
    bench.put_until("soon", NOW_S + 10).await;
    bench.put_until("late", NOW_S + 100).await;
    bench.pass(10).await;
    assert_eq!(bench.there().await, ["late", "soon"], "not before the second has passed");
    bench.pass(1).await;
    assert_eq!(bench.there().await, ["late"]);
    assert_eq!(bench.removals().await, [ChangeOrigin::Expiry]);
    bench.pass(90).await;
    assert_eq!(bench.there().await, [""; 0]);
}

#[tokio::test]
async fn the_value_of_today_counts() {
    let bench = Bench::enabled().await;
    bench.put_until("prolonged", NOW_S + 10).await;
    bench.put_until("prolonged", NOW_S + 1000).await;
    bench.put_until("spared", NOW_S + 10).await;
    bench.put("spared", s("never")).await;
    bench.put_until("shortened", NOW_S + 1000).await;
    bench.put_until("shortened", NOW_S + 10).await;
    bench.put_until("deleted", NOW_S + 10).await;
    let deleted = delete("t", map([("p", s("deleted"))]));
    bench.db.delete_item(&scope(), deleted).await.unwrap();
    bench.pass(11).await;
    assert_eq!(bench.there().await, ["prolonged", "spared"]);
    assert_eq!(bench.removals().await.len(), 2);
}

#[tokio::test]
async fn only_numbers_of_the_last_five_years_count() {
    let bench = Bench::enabled().await;
    let years = |years: u64| years * 365 * 24 * 60 * 60;
    bench.put_until("ancient", NOW_S - years(5) - 100).await;
    bench.put_until("old", NOW_S - years(5) + 100).await;
    bench.put("text", s("1")).await;
    bench.put("negative", n("-1")).await;
    bench.put("milliseconds", n(&(NOW_S * 1000).to_string())).await;
    bench.put("fraction", n(&format!("{}.5", NOW_S - 10))).await;
    bench.pass(1).await;
    assert_eq!(bench.there().await, ["ancient", "milliseconds", "negative", "text"]);
}

#[tokio::test]
async fn items_from_before_it_was_enabled_expire_too_also_across_a_restart() {
    let bench = Bench::new().await;
    for number in 0..500 {
        bench.put_until(&format!("{number:03}"), NOW_S + 10 + number % 2 * 1000).await;
    }
    bench.update("until", true).await.unwrap();
    // The process ends before the walk does.
    let db = open(bench.store.clone(), &bench.clock).await;
    let bench = Bench { db, ..bench };
    bench.db.settled().await;
    assert_eq!(bench.status(), TimeToLiveStatus::Enabled);
    bench.pass(11).await;
    let there = bench.there().await;
    assert_eq!(there.len(), 250);
    assert!(there.iter().all(|p| p.parse::<u64>().unwrap() % 2 == 1));
}

#[tokio::test]
async fn nothing_expires_once_it_is_disabled_and_another_attribute_can_follow() {
    let bench = Bench::enabled().await;
    bench.put_until("a", NOW_S + 2 * HOUR_MS / 1000).await;
    bench.clock.advance(HOUR_MS);
    bench.update("until", false).await.unwrap();
    bench.db.settled().await;
    assert_eq!(bench.status(), TimeToLiveStatus::Disabled);
    bench.pass(2 * HOUR_MS / 1000).await;
    assert_eq!(bench.there().await, ["a"]);

    bench.update("g", true).await.unwrap();
    bench.db.settled().await;
    bench.pass(1).await;
    assert_eq!(bench.there().await, ["a"], "the other attribute says nothing");
}

#[tokio::test]
async fn it_is_changed_once_an_hour() {
    let bench = Bench::enabled().await;
    let words = "Time to live has been modified multiple times within a fixed interval";
    bench.clock.advance(HOUR_MS - 1);
    assert_eq!(refused(bench.update("until", false).await), words);
    assert_eq!(refused(bench.update("until", true).await), "TimeToLive is already enabled");
    bench.clock.advance(1);
    bench.update("until", false).await.unwrap();
}
