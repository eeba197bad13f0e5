//! Scan of tables and indexes, and what pages read of the store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{AttributeMap, AttributeValue, Select};
use stator_db::{Page, PutItem, Query, Scan};
use store::Counting;
use support::*;

const ITEMS: usize = 60;

/// Hash `p` (N) and range `c` (S), 60 items in 20 partitions, half of them in a global index.
async fn filled<S: Slow>(store: S) -> Db<S> {
    let db = open(store, &TestClock::new(1)).await;
    let declaration = table("t", "p:N", Some("c:S"));
    let declaration = with_global(declaration, "gsi", (&["x:S"], &["p:N"]), all());
    let declaration = with_local(declaration, "lsi", "x:S", all());
    db.create_table(&scope(), declaration).await.unwrap();
    for number in 0..ITEMS {
        let (p, c) = (n(&(number % 20).to_string()), s(&number.to_string()));
        let mut item = map([("p", p), ("c", c)]);
        if number % 2 == 0 {
            item.insert("x".into(), s(["red", "green", "blue"][number % 3]));
        }
        write(&db, "t", item).await;
    }
    db
}

async fn run<S: Slow>(db: &Db<S>, request: Scan) -> Page {
    db.scan(&scope(), request).await.unwrap()
}

/// Every page's items.
async fn whole<S: Slow>(db: &Db<S>, mut request: Scan) -> Vec<AttributeMap> {
    let mut gathered = Vec::new();
    loop {
        let page = run(db, request.clone()).await;
        gathered.extend(items(&page));
        let Some(last) = page.last_evaluated_key else { return gathered };
        request.exclusive_start_key = Some(last);
    }
}

fn sorted(items: Vec<AttributeMap>) -> Vec<String> {
    let mut names: Vec<String> = items.iter().map(|item| format!("{:?}", item["c"])).collect();
    names.sort();
    names
}

fn through(index: &str) -> Scan {
    Scan { index: Some(index.into()), ..scan("t") }
}

#[tokio::test]
async fn a_scan_shows_every_item_once_whatever_its_pages() {
    let db = filled(slow_store()).await;
    for (request, expected) in [(scan("t"), ITEMS), (through("gsi"), 30), (through("lsi"), 30)] {
        let all = whole(&db, request.clone()).await;
        assert_eq!(all.len(), expected);
        for limit in [1, 7, 60, 100] {
            let paged = whole(&db, Scan { limit: Some(limit), ..request.clone() }).await;
            assert_eq!(paged, all, "limit {limit}");
        }
        let mut distinct = sorted(all);
        distinct.dedup();
        assert_eq!(distinct.len(), expected);
    }
}

#[tokio::test]
async fn items_of_a_partition_stand_together_in_order() {
    let db = filled(slow_store()).await;
    let page = run(&db, scan("t")).await;
    let partitions = column(&page, "p");
    let changes = partitions.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!(changes, 19);
}

#[tokio::test]
async fn segments_together_show_what_one_scan_shows() {
    let db = filled(slow_store()).await;
    for request in [scan("t"), through("gsi"), through("lsi")] {
        let all = whole(&db, request.clone()).await;
        for total in [1, 2, 3, 16] {
            let mut gathered = Vec::new();
            for number in 0..total {
                let request = Scan {
                    segment: Some(number),
                    total_segments: Some(total),
                    limit: Some(4),
                    ..request.clone()
                };
                gathered.extend(whole(&db, request).await);
            }
            // Segments are ranges of the order a scan has.
            assert_eq!(gathered, all, "{total} segments");
        }
    }
}

#[tokio::test]
async fn segments_are_checked() {
    let db = filled(slow_store()).await;
    let of = |segment, total_segments| Scan { segment, total_segments, ..scan("t") };
    let cases = [
        (
            of(Some(1), None),
            "The TotalSegments parameter is required but was not present in the request when \
             Segment parameter is present",
        ),
        (
            of(None, Some(2)),
            "The Segment parameter is required but was not present in the request when parameter \
             TotalSegments is present",
        ),
        (
            of(Some(2), Some(2)),
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
             Segment: 2 is not less than TotalSegments: 2",
        ),
    ];
    for (request, message) in cases {
        assert_eq!(refused(db.scan(&scope(), request).await), message);
    }

    let mut elsewhere = 0;
    for number in 0..2 {
        let start = encoded(map([("p", n("3")), ("c", s("x"))]));
        let request = Scan { exclusive_start_key: Some(start), ..of(Some(number), Some(2)) };
        if let Err(error) = db.scan(&scope(), request).await {
            elsewhere += 1;
            assert_eq!(
                error.to_string(),
                format!(
                    "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use \
                     ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: {number}"
                )
            );
        }
    }
    assert_eq!(elsewhere, 1);
}

#[tokio::test]
async fn start_keys_must_be_keys() {
    let db = filled(slow_store()).await;
    let from = |request: Scan, key| Scan { exclusive_start_key: Some(encoded(key)), ..request };
    let schema = "The provided starting key is invalid: The provided key element does not match \
                  the schema";
    let short = || map([("p", n("1"))]);
    let long = map([("p", n("1")), ("c", s("1")), ("y", s("1"))]);
    assert_eq!(refused(db.scan(&scope(), from(scan("t"), short())).await), schema);
    assert_eq!(refused(db.scan(&scope(), from(scan("t"), long)).await), schema);
    let of_index = refused(db.scan(&scope(), from(through("gsi"), short())).await);
    assert_eq!(of_index, "The provided starting key is invalid");
}

#[tokio::test]
async fn filters_may_be_on_keys_and_counts_tell_both_numbers() {
    let db = filled(slow_store()).await;
    let on_key = filter("p = :p", &[("p", n("3"))]);
    let page = run(&db, Scan { filter: on_key, ..scan("t") }).await;
    assert_eq!((page.count, page.scanned_count), (3, ITEMS));
    let count = Scan { select: Some(Select::Count), ..scan("t") };
    let page = run(&db, count).await;
    assert_eq!((page.items, page.count), (None, ITEMS));
}

#[tokio::test]
async fn consistent_scans_of_global_indexes_are_refused() {
    let db = filled(slow_store()).await;
    let request = Scan { consistent: true, ..through("gsi") };
    assert_eq!(
        refused(db.scan(&scope(), request).await),
        "Consistent reads are not supported on global secondary indexes"
    );
    run(&db, Scan { consistent: true, ..through("lsi") }).await;
}

#[tokio::test]
async fn pages_read_the_rows_they_evaluate_and_at_most_one_more() {
    let store = Counting::new(slow_store());
    let db = filled(store.clone()).await;
    let shown = |before: u64| usize::try_from(store.rows_shown() - before).unwrap();

    let before = store.rows_shown();
    let page = run(&db, Scan { limit: Some(7), ..scan("t") }).await;
    assert_eq!((page.scanned_count, shown(before)), (7, 7));

    let before = store.rows_shown();
    let one = run(&db, scan("t")).await;
    let one_scan = shown(before);
    assert_eq!((one.scanned_count, one_scan), (ITEMS, ITEMS));

    let before = store.rows_shown();
    for number in 0..16 {
        run(&db, Scan { segment: Some(number), total_segments: Some(16), ..scan("t") }).await;
    }
    assert_eq!(shown(before), one_scan);

    let before = store.rows_shown();
    run(&db, through("gsi")).await;
    assert_eq!(shown(before), 30);

    let before = store.rows_shown();
    let condition = key_condition("p = :p AND c > :c", &[("p", n("3")), ("c", s("23"))]);
    let page = db.query(&scope(), query("t", condition)).await.unwrap();
    assert_eq!((page.scanned_count, shown(before)), (2, 2));
}

#[tokio::test]
async fn a_page_full_by_size_has_read_one_row_more() {
    let store = Counting::new(slow_store());
    let db = filled(store.clone()).await;
    for number in 0..4 {
        let blob = AttributeValue::B(vec![0; 400_000]);
        let item = map([("p", n("99")), ("c", s(&number.to_string())), ("blob", blob)]);
        write(&db, "t", item).await;
    }
    let before = store.rows_shown();
    let condition = key_condition("p = :p", &[("p", n("99"))]);
    let page = db.query(&scope(), Query { limit: None, ..query("t", condition) }).await.unwrap();
    assert_eq!((page.scanned_count, store.rows_shown() - before), (2, 3));
}

/// How often a future had to be polled, and what came of it.
async fn polled<T>(future: impl Future<Output = T>) -> (usize, T) {
    let mut future = std::pin::pin!(future);
    let mut polls = 0;
    let outcome = std::future::poll_fn(|context| {
        polls += 1;
        future.as_mut().poll(context)
    });
    let outcome = outcome.await;
    (polls, outcome)
}

#[tokio::test]
async fn what_takes_long_gives_way_between_its_steps() {
    let db = in_memory().await;
    db.create_table(&scope(), table("t", "p:S", None)).await.unwrap();
    let text = "0".repeat(300_000);
    for p in ["a", "b", "c", "d"] {
        write(&db, "t", map([("p", s(p)), ("text1", s(&text))])).await;
    }
    let one = "contains(text1, :x)";
    let many = [one; 40].join(" OR ");
    let values = [("x", s("1"))];
    let scanned = |text: &str| Scan { filter: filter(text, &values), ..scan("t") };
    let (short, page) = polled(db.scan(&scope(), scanned(one))).await;
    let (long, same) = polled(db.scan(&scope(), scanned(&many))).await;
    assert_eq!(page.unwrap(), same.unwrap());
    // Three rows of a page, forty looks at each: a pause for each look or two.
    assert!(short == 1 && long > 50, "{short} and {long}");

    let conditional = PutItem {
        condition: condition(&format!("NOT ({many})"), &values),
        ..put("t", map([("p", s("a"))]))
    };
    let (long, written) = polled(db.put_item(&scope(), conditional)).await;
    written.unwrap();
    assert!(long > 20, "{long}");
}

#[tokio::test]
async fn pages_are_the_same_whenever_they_are_filtered_and_projected() {
    let db = in_memory().await;
    db.create_table(&scope(), table("t", "p:S", None)).await.unwrap();
    for at in 0..40 {
        let item = map([("p", s(&format!("p{at}"))), ("x", n(&at.to_string())), ("y", s("y"))]);
        write(&db, "t", item).await;
    }
    let values = [("x", n("20"))];
    let (short, long) = ("x < :x", ["x < :x"; 9].join(" AND "));
    for limit in [None, Some(7)] {
        for count in [None, Some(Select::Count)] {
            for projection in [None, Some("x"), Some("x, y, a, b, c, d, e, f, g[1], h.i")] {
                let asked = |text: &str| Scan {
                    filter: filter(text, &values),
                    projection: projection.filter(|_| count.is_none()).and_then(paths),
                    select: count,
                    limit,
                    ..scan("t")
                };
                let page = db.scan(&scope(), asked(short)).await.unwrap();
                assert_eq!(db.scan(&scope(), asked(&long)).await.unwrap(), page);
                assert!(page.count > 0 && page.count < page.scanned_count);
            }
        }
    }
}
