//! Items that go when their time has come.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use model::{ApiError, AttributeValue, ChangeOrigin, StreamView, TableRef, TimeToLiveStatus};
use store::StoreError;
use tokio::task::JoinHandle;

use stator_db::{ExpiryFigures, Scan, Upkeep};
use store::slow::SlowStore;
use support::*;

const NOW_S: u64 = 1_700_000_000;
const HOUR_MS: u64 = 60 * 60 * 1000;
/// Items that the sweep does not remove at one go.
const CROWD: usize = 1000;
/// Atoms of one page of the sweep.
const PAGE_ATOMS: usize = 16;

struct Bench {
    store: SlowStore,
    clock: TestClock,
    db: Arc<Db<SlowStore>>,
}

impl Bench {
    /// A table `t` with a stream and an index; time to live is not enabled yet.
    async fn new() -> Self {
        let (store, clock) = (slow_store(), TestClock::new(NOW_S * 1000));
        let db = Arc::new(open(store.clone(), &clock).await);
        let declaration = table("t", "p:S", None);
        let declaration = with_stream(
            with_global(declaration, "i", (&["g:S"], &[]), all()),
            StreamView::NewAndOldImages,
        );
        db.create_table(&scope(), declaration).await.unwrap();
        Self { store, clock, db }
    }

    async fn enabled() -> Self {
        let bench = Self::new().await;
        bench.update("until", true).await.unwrap();
        bench.db.settled().await;
        bench
    }

    /// The same, with items that have expired, and whose removal has begun: it goes on when the
    /// store is released.
    async fn in_mid_sweep() -> (Self, JoinHandle<Result<(), StoreError>>) {
        let bench = Self::enabled().await;
        for number in 0..CROWD {
            bench.put_until(&number.to_string(), NOW_S).await;
        }
        bench.clock.advance(1000);
        bench.store.hold();
        let db = Arc::clone(&bench.db);
        let sweep = tokio::spawn(async move { db.keep_up(Upkeep::Expiry).await });
        bench.store.until_tickets_wait(PAGE_ATOMS).await;
        (bench, sweep)
    }

    /// What another process finds.
    async fn restarted(self) -> Self {
        let db = Arc::new(open(self.store.clone(), &self.clock).await);
        Self { db, ..self }
    }

    fn figures(&self) -> ExpiryFigures {
        let [figures] = &self.db.expiry_figures()[..] else { panic!("one table has them") };
        figures.clone()
    }

    async fn update(&self, attribute: &str, enabled: bool) -> Result<(), ApiError> {
        self.update_of("t", attribute, enabled).await
    }

    async fn update_of(&self, table: &str, attribute: &str, enabled: bool) -> Result<(), ApiError> {
        self.db.time_to_live_updated(&scope(), table, (attribute, enabled)).await
    }

    async fn status(&self) -> TimeToLiveStatus {
        self.db.time_to_live_status(&scope(), "t").await
    }

    async fn put(&self, p: &str, until: AttributeValue) {
        write(&self.db, "t", map([("p", s(p)), ("g", s("all")), ("until", until)])).await;
    }

    async fn put_until(&self, p: &str, seconds: u64) {
        self.put(p, n(&seconds.to_string())).await;
    }

    async fn pass(&self, seconds: u64) {
        self.clock.advance(seconds * 1000);
        self.db.keep_up(Upkeep::Expiry).await.unwrap();
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
        let described = self.db.table_described(&scope(), TableRef::new("t")).await.unwrap();
        assert_eq!(described.item_count, Some(items.len() as u64));
        assert_eq!(described.globals()[0].item_count, Some(items.len() as u64));
        items
    }

    /// Who removed items, as the stream tells.
    async fn removals(&self) -> Vec<ChangeOrigin> {
        let stream = self.db.streams(&scope()).await.remove(0);
        let records = self.db.all_records(&scope(), &stream).await.into_iter();
        let gone = records.filter(|record| record.change().new_image.is_none());
        gone.map(|record| record.origin()).collect()
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
async fn an_item_that_comes_with_a_time_long_past_goes_too() {
    let bench = Bench::enabled().await;
    bench.pass(1).await;
    bench.put_until("an hour ago", NOW_S - 3600).await;
    for _second in 0..15 {
        bench.pass(1).await;
    }
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
    let bench = bench.restarted().await;
    bench.db.settled().await;
    assert_eq!(bench.status().await, TimeToLiveStatus::Enabled);
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
    assert_eq!(bench.status().await, TimeToLiveStatus::Disabled);
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
    bench.db.settled().await;
}

#[tokio::test]
async fn no_table_waits_until_all_is_removed_from_another() {
    let (bench, sweep) = Bench::in_mid_sweep().await;
    sweep.abort();
    bench.store.release();
    bench.db.create_table(&scope(), table("u", "p:S", None)).await.unwrap();
    bench.update_of("u", "until", true).await.unwrap();
    bench.db.settled().await;
    let key = || map([("p", s("alone"))]);
    write(&bench.db, "u", map([("p", s("alone")), ("until", n(&NOW_S.to_string()))])).await;
    let db = Arc::clone(&bench.db);
    let sweep = tokio::spawn(async move { db.keep_up(Upkeep::Expiry).await });
    while read(&bench.db, "u", key()).await.is_some() {
        tokio::task::yield_now().await;
    }
    assert!(!bench.there().await.is_empty());
    sweep.await.unwrap().unwrap();
    assert_eq!(bench.there().await, [""; 0]);
}

#[tokio::test]
async fn a_removal_that_is_interrupted_goes_on_and_removes_nothing_twice() {
    let (bench, sweep) = Bench::in_mid_sweep().await;
    bench.store.be_read_only(true);
    bench.store.release();
    assert!(matches!(sweep.await.unwrap(), Err(StoreError::ReadOnly { .. })));
    let left = bench.there().await.len();
    assert!(0 < left && left < CROWD);
    let table = "t".to_owned();
    let removed = (CROWD - left) as u64;
    assert_eq!(bench.figures(), ExpiryFigures { table, removed, lag_seconds: 1 });
    bench.clock.advance(5000);
    assert_eq!(bench.figures().lag_seconds, 6);

    bench.store.be_read_only(false);
    let bench = bench.restarted().await;
    bench.pass(0).await;
    assert_eq!(bench.there().await, [""; 0]);
    assert_eq!(bench.removals().await, [ChangeOrigin::Expiry; CROWD]);
    let table = "t".to_owned();
    assert_eq!(bench.figures(), ExpiryFigures { table, removed: left as u64, lag_seconds: 0 });
}

#[tokio::test]
async fn a_page_of_large_items_ends_early_and_the_next_goes_on() {
    let bench = Bench::enabled().await;
    for number in 0..30 {
        let item = map([
            ("p", s(&number.to_string())),
            ("g", s("all")),
            ("until", n(&NOW_S.to_string())),
            ("ballast", s(&"x".repeat(300_000))),
        ]);
        write(&bench.db, "t", item).await;
    }
    bench.clock.advance(1000);
    bench.store.hold();
    let db = Arc::clone(&bench.db);
    let sweep = tokio::spawn(async move { db.keep_up(Upkeep::Expiry).await });
    // By then it waits for the store, or has gone through them all.
    for _turn in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.store.tickets_waiting(), 2, "the others wait until these are durable");
    bench.store.release();
    sweep.await.unwrap().unwrap();
    assert_eq!(bench.there().await, [""; 0]);
    assert_eq!(bench.figures().removed, 30);
}

#[tokio::test]
async fn it_can_be_disabled_while_items_are_removed() {
    let (bench, sweep) = Bench::in_mid_sweep().await;
    bench.clock.advance(HOUR_MS);
    let disabling = bench.update("until", false);
    let (disabled, ()) = tokio::join!(disabling, async { bench.store.release() });
    disabled.unwrap();
    sweep.await.unwrap().unwrap();
    bench.db.settled().await;
    let left = bench.there().await;
    assert!(!left.is_empty());
    bench.pass(1).await;
    assert_eq!(bench.there().await, left);
    assert_eq!(bench.removals().await.len(), CROWD - left.len());
}

#[tokio::test]
async fn a_table_can_be_dropped_while_its_items_are_removed() {
    let (bench, sweep) = Bench::in_mid_sweep().await;
    let scope = scope();
    let dropping = bench.db.table_deleted(&scope, TableRef::new("t"));
    let (dropped, ()) = tokio::join!(dropping, async { bench.store.release() });
    dropped.unwrap();
    sweep.await.unwrap().unwrap();
    bench.db.settled().await;
    assert_eq!(bench.db.expiry_figures(), []);
    assert!(bench.removals().await.len() < CROWD);
}
