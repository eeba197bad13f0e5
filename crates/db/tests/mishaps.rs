//! Whatever fails and whenever, what was acknowledged is there, what was refused is not, and stream,
//! index and memory agree with it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::{
    AttributeMap, AttributeValue, ReturnValuesOnConditionCheckFailure, StreamDeclaration,
    StreamView, TableRef,
};
use stator_db::{Report, TransactAction, TransactOperation, TransactWriteItems, Upkeep};
use store::slow::SlowStore;
use support::*;

const HOUR_MS: u64 = 60 * 60 * 1000;
const WRITERS: u64 = 4;
const ROUNDS: u64 = 40;
const KEYS: u64 = 6;

/// A database whose store fails now and then, with a table `t` that has a stream and an index.
struct Bench {
    store: SlowStore,
    clock: TestClock,
    db: Db<SlowStore>,
    is_over: AtomicBool,
}

impl Bench {
    async fn new(seed: u64) -> Self {
        let (store, clock) = (slow_store_of(seed), TestClock::new(1_700_000_000_000));
        let db = open(store.clone(), &clock).await;
        let declaration = table("t", "p:S", None);
        let declaration = with_stream(
            with_global(declaration, "by-v", (&["v:S"], &[]), all()),
            StreamView::NewAndOldImages,
        );
        db.create_table(&scope(), declaration).await.unwrap();
        Self { store, clock, db, is_over: AtomicBool::default() }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Puts items, each with a value that no other has: one, two in a transaction, or one whose
    /// client goes away.
    async fn write(self: &Arc<Self>, writer: u64) -> Written {
        let mut dice = Dice(writer + 1);
        let mut written = Written::default();
        for round in 0..ROUNDS {
            let values = [0, 1].map(|part| format!("{writer}-{round}-{part}"));
            let p = dice.below(KEYS);
            let [first, second] = &values;
            let item = item_of(p, first);
            match dice.below(4) {
                0 => {
                    let transaction = both([item, item_of((p + 1) % KEYS, second)]);
                    if self.db.transact_write_items(&scope(), transaction).await.is_ok() {
                        written.acknowledged.extend(values);
                    }
                }
                1 => match self.put_and_go_away(item, dice.below(20)).await {
                    Some(true) => written.acknowledged.push(first.clone()),
                    Some(false) => {}
                    None => written.unanswered.push(first.clone()),
                },
                _ => {
                    if self.db.put_item(&scope(), put("t", item)).await.is_ok() {
                        written.acknowledged.push(first.clone());
                    }
                }
            }
            self.clock.advance(1);
        }
        written
    }

    /// Puts an item and waits for some turns; says whether it was acknowledged by then.
    async fn put_and_go_away(self: &Arc<Self>, item: AttributeMap, turns: u64) -> Option<bool> {
        let bench = Arc::clone(self);
        let client =
            tokio::spawn(async move { bench.db.put_item(&scope(), put("t", item)).await.is_ok() });
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        client.abort();
        client.await.ok()
    }

    /// Changes the catalog, whether it can or not.
    async fn change_tables(&self) {
        for round in 0.. {
            let name = format!("u{round}");
            let mut declaration = table(&name, "p:S", None);
            declaration.stream_specification =
                Some(StreamDeclaration { enabled: true, view: Some(StreamView::KeysOnly) });
            let created = self.db.create_table(&scope(), declaration).await;
            let table = TableRef::new(&name);
            let index = create_index(&name, "i", (&["x:S"], &[]), all());
            let indexed = self.db.update_table(&scope(), index).await;
            let enabled = self.db.time_to_live_updated(&scope(), &name, ("until", true)).await;
            let deleted = match round % 2 {
                0 => self.db.table_deleted(&scope(), table).await.is_ok(),
                _ => false,
            };
            let done = [created.is_ok(), indexed.is_ok(), enabled.is_ok(), deleted];
            assert!(done[0] || done == [false; 4], "a table that is not there was changed");
            if self.is_over() {
                return;
            }
        }
    }

    /// Rolls the stream over as often as its records can still be read.
    async fn roll_over(&self) {
        for _ in 0..4 {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            self.clock.advance(4 * HOUR_MS);
            let _may_fail = self.db.keep_up(Upkeep::Streams).await;
        }
    }

    /// Fails, refuses and holds up writes.
    async fn break_things(&self, seed: u64) {
        let mut dice = Dice(seed);
        while !self.is_over() {
            let kind = dice.below(3);
            match kind {
                0 => self.store.fail_next(),
                1 => self.store.be_read_only(true),
                _ => self.store.hold(),
            }
            for _ in 0..dice.below(50) {
                tokio::task::yield_now().await;
            }
            self.store.be_read_only(false);
            self.store.release();
            for _ in 0..dice.below(200) {
                tokio::task::yield_now().await;
            }
        }
    }

    /// The last value of each item, and all values, as the records of the stream tell them.
    async fn recorded(&self) -> (Vec<(String, String)>, Vec<String>) {
        let mut streams = self.db.streams(&scope()).await;
        streams.retain(|stream| stream.table == "t");
        let (mut last, mut all) = (BTreeMap::new(), Vec::new());
        for record in self.db.all_records(&scope(), &streams[0]).await {
            let change = record.dynamodb.unwrap();
            let (p, v) = pair(&change.new_image.unwrap().decode());
            let old = change.old_image.map(|old| pair(&old.decode()));
            let before = last.insert(p.clone(), v.clone()).map(|v| (p, v));
            assert_eq!(old, before, "a record goes on where the one before it ended");
            all.push(v);
        }
        all.sort_unstable();
        (last.into_iter().collect(), all)
    }

    async fn items(&self, index: Option<&str>) -> Vec<(String, String)> {
        let mut request = scan("t");
        request.index = index.map(str::to_owned);
        let page = self.db.scan(&scope(), request).await.unwrap();
        let mut pairs: Vec<_> = items(&page).iter().map(pair).collect();
        pairs.sort_unstable();
        pairs
    }
}

fn item_of(p: u64, v: &str) -> AttributeMap {
    map([("p", s(&p.to_string())), ("v", s(v))])
}

fn both(items: [AttributeMap; 2]) -> TransactWriteItems {
    let actions = items.map(|item| TransactAction {
        table: TableRef::new("t").into(),
        operation: TransactOperation::Put(encoded(item)),
        condition: None,
        on_failure: ReturnValuesOnConditionCheckFailure::None,
    });
    TransactWriteItems { actions: actions.into(), client_token: None, report: Report::default() }
}

fn pair(item: &AttributeMap) -> (String, String) {
    let text = |name: &str| match &item[name] {
        AttributeValue::S(text) => text.to_string(),
        other => panic!("{other:?}"),
    };
    (text("p"), text("v"))
}

/// Values that were put.
#[derive(Debug, Default)]
struct Written {
    acknowledged: Vec<String>,
    /// By clients that went away: nobody knows.
    unanswered: Vec<String>,
}

/// A xorshift generator; it does not begin with zero.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

async fn run(seed: u64) {
    let bench = Arc::new(Bench::new(seed).await);
    let spawn = |writer| {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move { bench.write(writer).await })
    };
    let writers: Vec<_> = (0..WRITERS).map(spawn).collect();
    let others = async {
        tokio::join!(bench.change_tables(), bench.roll_over(), bench.break_things(seed));
    };
    let writing = async {
        let mut all = Written::default();
        for writer in writers {
            let written = writer.await.unwrap();
            all.acknowledged.extend(written.acknowledged);
            all.unanswered.extend(written.unanswered);
        }
        bench.is_over.store(true, Ordering::Relaxed);
        all
    };
    let (Written { mut acknowledged, unanswered }, ()) = tokio::join!(writing, others);
    bench.db.settled().await;
    bench.db.keep_up(Upkeep::Streams).await.unwrap();

    assert!(acknowledged.len() > 20, "hardly anything was written: {acknowledged:?}");
    let (last, mut all) = bench.recorded().await;
    all.retain(|value| !unanswered.contains(value));
    acknowledged.sort_unstable();
    assert_eq!(all, acknowledged, "a record for every put that was acknowledged, and no other");
    assert_eq!(bench.items(None).await, last);
    assert_eq!(bench.items(Some("by-v")).await, last);
}

#[tokio::test]
async fn nothing_is_lost_or_made_up_whatever_fails() {
    for seed in 1..=6 {
        run(seed).await;
    }
}
