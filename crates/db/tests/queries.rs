//! Query on tables and indexes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{AttributeMap, AttributeValue, ProjectionType, Select};
use stator_db::{Page, Query};
use store::Direction;
use store::slow::SlowStore;
use support::*;

/// Hash `p` (S) and range `c` (S); a local index by `x` (N) that has keys and `d`; a global one by
/// `x` that has keys.
async fn db() -> Db<SlowStore> {
    let db = in_memory().await;
    let declaration = table("t", "p:S", Some("c:S"));
    let include = projection(ProjectionType::Include, &["d"]);
    let declaration = with_local(declaration, "lsi", "x:N", include);
    let keys_only = projection(ProjectionType::KeysOnly, &[]);
    let declaration = with_global(declaration, "gsi", (&["x:N"], &[]), keys_only);
    db.create_table(&scope(), declaration).await.unwrap();
    for (c, x) in [("a", "3"), ("ab", "-2"), ("b", "1"), ("c", "10"), ("d", "1")] {
        let item = map([
            ("p", s("one")),
            ("c", s(c)),
            ("x", n(x)),
            ("d", s(&format!("d{c}"))),
            ("e", s(&format!("e{c}"))),
        ]);
        write(&db, "t", item).await;
    }
    write(&db, "t", map([("p", s("one")), ("c", s("z"))])).await;
    write(&db, "t", map([("p", s("two")), ("c", s("a")), ("x", n("1"))])).await;
    db
}

fn of(text: &str, values: &[(&str, AttributeValue)]) -> Query {
    query("t", key_condition(text, values))
}

fn one() -> Query {
    of("p = :p", &[("p", s("one"))])
}

fn through(index: &str, request: Query) -> Query {
    Query { index: Some(index.into()), ..request }
}

async fn run(db: &Db<SlowStore>, request: Query) -> Page {
    db.query(&scope(), request).await.unwrap()
}

async fn error(db: &Db<SlowStore>, request: Query) -> String {
    refused(db.query(&scope(), request).await)
}

fn texts(values: Vec<AttributeValue>) -> String {
    let texts = values.into_iter().map(|value| match value {
        AttributeValue::S(text) => text,
        other => panic!("not a text: {other:?}"),
    });
    texts.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn range_conditions_bound_the_partition_in_both_directions() {
    let db = db().await;
    type Values<'a> = &'a [(&'a str, AttributeValue)];
    let cases: [(&str, Values<'_>, &str); 8] = [
        ("p = :p", &[], "a ab b c d z"),
        ("p = :p AND c = :a", &[("a", s("ab"))], "ab"),
        ("p = :p AND c < :a", &[("a", s("b"))], "a ab"),
        ("p = :p AND c <= :a", &[("a", s("b"))], "a ab b"),
        ("p = :p AND c > :a", &[("a", s("a"))], "ab b c d z"),
        ("p = :p AND :a <= c", &[("a", s("c"))], "c d z"),
        ("p = :p AND c BETWEEN :a AND :b", &[("a", s("ab")), ("b", s("c"))], "ab b c"),
        ("begins_with(c, :a) AND p = :p", &[("a", s("a"))], "a ab"),
    ];
    for (text, values, expected) in cases {
        let values: Vec<_> = [("p", s("one"))].iter().chain(values).cloned().collect();
        let page = run(&db, of(text, &values)).await;
        assert_eq!(texts(column(&page, "c")), expected, "{text}");
        assert_eq!(page.last_evaluated_key, None);
        let backward = Query { direction: Direction::Backward, ..of(text, &values) };
        let mut reversed: Vec<&str> = expected.split(' ').collect();
        reversed.reverse();
        let page = run(&db, backward).await;
        assert_eq!(texts(column(&page, "c")), reversed.join(" "), "{text} backward");
    }
}

#[tokio::test]
async fn indexes_are_sparse_and_ordered_by_their_key_then_the_tables() {
    let db = db().await;
    let page = run(&db, through("lsi", one())).await;
    assert_eq!(texts(column(&page, "c")), "ab b d a c");
    let page = run(&db, through("gsi", of("x = :x", &[("x", n("1"))]))).await;
    assert_eq!(texts(column(&page, "p")), "one one two");
    assert_eq!(texts(column(&page, "c")), "b d a");
    assert_eq!(items(&page)[0], map([("p", s("one")), ("c", s("b")), ("x", n("1"))]));
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    let db = db().await;
    let requests = [
        one(),
        through("lsi", one()),
        through("gsi", of("x = :x", &[("x", n("1"))])),
        Query { direction: Direction::Backward, ..one() },
        Query { direction: Direction::Backward, ..through("lsi", one()) },
        Query { filter: filter("c <> :c", &[("c", s("b"))]), ..through("lsi", one()) },
    ];
    for request in requests {
        let whole = items(&run(&db, request.clone()).await);
        for limit in 1..8 {
            let mut request = Query { limit: Some(limit), ..request.clone() };
            let mut gathered = Vec::new();
            loop {
                let page = run(&db, request.clone()).await;
                assert!(page.scanned_count <= limit);
                gathered.extend(items(&page));
                let Some(last) = page.last_evaluated_key else { break };
                // A page that its limit ended says where to go on, even if nothing follows.
                assert_eq!(page.scanned_count, limit);
                request.exclusive_start_key = Some(last);
            }
            assert_eq!(gathered, whole, "limit {limit} of {request:?}");
        }
    }
}

#[tokio::test]
async fn a_position_is_the_key_of_the_index_and_of_the_table() {
    let db = db().await;
    let request = Query { limit: Some(1), ..through("gsi", of("x = :x", &[("x", n("1"))])) };
    let last = run(&db, request).await.last_evaluated_key.unwrap().decode();
    assert_eq!(last, map([("p", s("one")), ("c", s("b")), ("x", n("1"))]));
    // It need not be a row's.
    let between = encoded(map([("p", s("one")), ("c", s("bb"))]));
    let page = run(&db, Query { exclusive_start_key: Some(between), ..one() }).await;
    assert_eq!(texts(column(&page, "c")), "c d z");
}

#[tokio::test]
async fn a_page_ends_before_it_exceeds_a_megabyte() {
    let db = db().await;
    for number in 0..5 {
        let padding = s(&"x".repeat(300_000));
        let item = map([("p", s("big")), ("c", s(&number.to_string())), ("padding", padding)]);
        write(&db, "t", item).await;
    }
    let filtered = filter("attribute_not_exists(padding)", &[]);
    let request = Query { filter: filtered, ..of("p = :p", &[("p", s("big"))]) };
    let page = run(&db, request.clone()).await;
    assert_eq!((page.scanned_count, page.count), (3, 0));
    let last = page.last_evaluated_key.unwrap();
    assert_eq!(last.decode()["c"], s("2"));
    let page = run(&db, Query { exclusive_start_key: Some(last), ..request }).await;
    assert_eq!((page.scanned_count, page.last_evaluated_key), (2, None));
}

#[tokio::test]
async fn filters_count_what_they_leave_out() {
    let db = db().await;
    let request = Query { filter: filter("x > :x", &[("x", n("1"))]), ..one() };
    let page = run(&db, request).await;
    assert_eq!(texts(column(&page, "c")), "a c");
    assert_eq!((page.count, page.scanned_count), (2, 6));
    for (request, name) in [(one(), "c"), (one(), "p"), (through("lsi", one()), "x")] {
        let text = format!("attribute_exists({name})");
        let request = Query { filter: filter(&text, &[]), ..request };
        assert_eq!(
            error(&db, request).await,
            format!(
                "Filter Expression can only contain non-primary key attributes: Primary key \
                 attribute: {name}"
            )
        );
    }
}

#[tokio::test]
async fn select_decides_what_is_shown() {
    let db = db().await;
    let page = run(&db, Query { select: Some(Select::Count), ..one() }).await;
    assert_eq!((page.items, page.count), (None, 6));
    let page = run(&db, Query { projection: paths("d"), limit: Some(1), ..one() }).await;
    assert_eq!(items(&page), [map([("d", s("da"))])]);

    let projection = || Query { projection: paths("d"), ..one() };
    let cases = [
        (
            Query { select: Some(Select::SpecificAttributes), ..one() },
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get \
             SPECIFIC_ATTRIBUTES",
        ),
        (
            Query { select: Some(Select::Count), ..projection() },
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            Query { select: Some(Select::AllAttributes), ..projection() },
            "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
        ),
        (
            Query { select: Some(Select::AllProjectedAttributes), ..one() },
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
    ];
    for (request, message) in cases {
        assert_eq!(error(&db, request).await, message);
    }
}

#[tokio::test]
async fn a_global_index_has_what_it_projects_and_no_more() {
    let db = db().await;
    let request = || through("gsi", of("x = :x", &[("x", n("1"))]));
    assert_eq!(
        error(&db, Query { select: Some(Select::AllAttributes), ..request() }).await,
        "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported \
         for global secondary index gsi because its projection type is not ALL"
    );
    assert_eq!(
        error(&db, Query { projection: paths("c, d, e.f"), ..request() }).await,
        "One or more parameter values were invalid: Global secondary index gsi does not project \
         [d, e]"
    );
    assert_eq!(
        error(&db, Query { consistent: true, ..request() }).await,
        "Consistent reads are not supported on global secondary indexes"
    );
    assert_eq!(
        error(&db, through("none", one())).await,
        "The table does not have the specified index: none"
    );
}

#[tokio::test]
async fn a_local_index_fetches_what_it_lacks() {
    let db = db().await;
    let page = run(&db, through("lsi", one())).await;
    assert!(items(&page).iter().all(|item| item.contains_key("d") && !item.contains_key("e")));
    let request = Query { select: Some(Select::AllAttributes), ..through("lsi", one()) };
    let page = run(&db, Query { consistent: true, ..request }).await;
    assert_eq!(texts(column(&page, "e")), "eab eb ed ea ec");
    let page = run(&db, Query { projection: paths("e"), ..through("lsi", one()) }).await;
    assert_eq!(items(&page)[0], map([("e", s("eab"))]));
    let filtered = Query { filter: filter("e = :e", &[("e", s("ea"))]), ..through("lsi", one()) };
    let page = run(&db, filtered).await;
    assert_eq!((page.count, page.scanned_count), (1, 5));
}

#[tokio::test]
async fn key_conditions_must_fit_the_key() {
    let db = db().await;
    db.create_table(&scope(), table("hash", "p:S", None)).await.unwrap();
    let (p, c, x) = (("p", s("one")), ("c", s("a")), ("x", n("1")));
    let missed = |name: &str| format!("Query condition missed key schema element: {name}");
    let unsupported = "Query key condition not supported".to_owned();
    let invalid = |detail: &str| format!("One or more parameter values were invalid: {detail}");
    let cases = [
        (of("c = :c", std::slice::from_ref(&c)), missed("p")),
        (of("p > :p", std::slice::from_ref(&p)), unsupported.clone()),
        (of("p = :p AND x = :x", &[p.clone(), x.clone()]), missed("c")),
        (through("gsi", of("x > :x", std::slice::from_ref(&x))), unsupported.clone()),
        (query("hash", key_condition("p = :p AND c = :c", &[p.clone(), c.clone()])), unsupported),
        (
            of("p = :x", std::slice::from_ref(&x)),
            invalid("Condition parameter type does not match schema type"),
        ),
        (
            of("p = :p AND c = :x", &[p.clone(), x.clone()]),
            invalid("Condition parameter type does not match schema type"),
        ),
        (
            of("p = :p AND c = :c", &[p, ("c", s(""))]),
            "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty string value. Key: c"
                .into(),
        ),
    ];
    for (request, message) in cases {
        assert_eq!(error(&db, request).await, message);
    }
}

#[tokio::test]
async fn start_keys_must_lie_in_what_is_queried() {
    let db = db().await;
    db.create_table(&scope(), table("hash", "p:S", None)).await.unwrap();
    let from = |request: Query, key: AttributeMap| Query {
        exclusive_start_key: Some(encoded(key)),
        ..request
    };
    let key = |p: &str, c: &str| map([("p", s(p)), ("c", s(c))]);
    let gsi_key = |x: &str| map([("p", s("one")), ("c", s("a")), ("x", n(x))]);
    let gsi = || through("gsi", of("x = :x", &[("x", n("1"))]));
    let after_a = || of("p = :p AND c > :c", &[("p", s("one")), ("c", s("a"))]);
    let exactly = || of("p = :p AND c = :c", &[("p", s("one")), ("c", s("a"))]);
    let local = || through("lsi", of("p = :p AND x = :x", &[("p", s("one")), ("x", n("1"))]));
    let local_key = |p: &str, x: &str| map([("p", s(p)), ("c", s("b")), ("x", n(x))]);

    let invalid = "The provided starting key is invalid";
    let outside =
        "The provided starting key is outside query boundaries based on provided conditions";
    let predicate = "The provided starting key does not match the range key predicate";
    let once = "The query can return at most one row and cannot be restarted";
    let cases = [
        (from(one(), map([("p", s("one"))])), invalid),
        (from(one(), gsi_key("1")), invalid),
        (from(gsi(), key("one", "a")), invalid),
        (
            from(one(), map([("p", s("one")), ("c", n("1"))])),
            "The provided key element does not match the schema",
        ),
        (from(one(), key("two", "a")), outside),
        (from(gsi(), gsi_key("2")), outside),
        (from(after_a(), key("one", "a")), predicate),
        (from(after_a(), key("two", "b")), outside),
        (from(exactly(), key("one", "a")), once),
        (from(local(), local_key("one", "2")), predicate),
        (from(local(), local_key("two", "1")), once),
    ];
    for (request, message) in cases {
        assert_eq!(error(&db, request.clone()).await, message, "{request:?}");
    }
    run(&db, from(local(), local_key("one", "1"))).await;
    let hash_only = query("hash", key_condition("p = :p", &[("p", s("one"))]));
    assert_eq!(
        error(&db, from(hash_only, map([("p", s("one"))]))).await,
        "The provided exclusive start key is invalid: ExclusiveStartKey: \
         {p=AttributeValue: {S:one}}"
    );
}

/// A global index of two hash attributes, S and N, and three range attributes, S, N and B.
async fn composite() -> Db<SlowStore> {
    let db = in_memory().await;
    let declaration = table("t", "p:S", None);
    let key: (&[&str], &[&str]) = (&["h:S", "i:N"], &["r:S", "q:N", "v:B"]);
    db.create_table(&scope(), with_global(declaration, "gsi", key, all())).await.unwrap();
    for (p, r, q, v) in [
        ("1", "a", "1", b"\xFF"),
        ("2", "a", "1", b"\xFE"),
        ("3", "a", "-7", b"\xFF"),
        ("4", "a", "10", b"\x00"),
        ("5", "aa", "1", b"\xFF"),
        ("6", "b", "1", b"\xFF"),
    ] {
        let item =
            map([("p", s(p)), ("h", s("h")), ("i", n("1")), ("r", s(r)), ("q", n(q)), ("v", b(v))]);
        write(&db, "t", item).await;
    }
    // Other partitions, and an item that lacks a key attribute.
    let other = [("r", s("a")), ("q", n("1")), ("v", b(b"v"))];
    for (p, h, i) in [("7", "h", "2"), ("8", "g", "1")] {
        let mut item = map(other.clone());
        item.extend(map([("p", s(p)), ("h", s(h)), ("i", n(i))]));
        write(&db, "t", item).await;
    }
    write(&db, "t", map([("p", s("9")), ("h", s("h")), ("i", n("1")), ("r", s("a"))])).await;
    db
}

fn composite_query(text: &str) -> Query {
    let values = [
        ("h", s("h")),
        ("i", n("1")),
        ("a", s("a")),
        ("b", s("b")),
        ("one", n("1")),
        ("ff", b(b"\xFF")),
    ];
    let used = values.iter().filter(|(name, _)| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != ':');
        words.any(|word| word.strip_prefix(':') == Some(*name))
    });
    let used: Vec<_> = used.cloned().collect();
    through("gsi", of(text, &used))
}

#[tokio::test]
async fn keys_of_several_attributes_are_queried_left_to_right() {
    let db = composite().await;
    let cases = [
        ("h = :h AND i = :i", "3 2 1 4 5 6"),
        ("i = :i AND r = :a AND h = :h", "3 2 1 4"),
        ("h = :h AND i = :i AND r > :a", "5 6"),
        ("h = :h AND i = :i AND r < :b", "3 2 1 4 5"),
        ("h = :h AND i = :i AND begins_with(r, :a)", "3 2 1 4 5"),
        ("h = :h AND i = :i AND r = :a AND q >= :one", "2 1 4"),
        ("h = :h AND i = :i AND r = :a AND q <= :one", "3 2 1"),
        ("h = :h AND i = :i AND q = :one AND r = :a AND begins_with(v, :ff)", "1"),
        ("h = :h AND i = :i AND r = :a AND q = :one AND v < :ff", "2"),
        ("h = :h AND i = :i AND r BETWEEN :a AND :b", "3 2 1 4 5 6"),
    ];
    for (text, expected) in cases {
        let page = run(&db, composite_query(text)).await;
        assert_eq!(texts(column(&page, "p")), expected, "{text}");
        let backward = Query { direction: Direction::Backward, ..composite_query(text) };
        let mut reversed: Vec<_> = expected.split(' ').collect();
        reversed.reverse();
        let page = run(&db, backward).await;
        assert_eq!(texts(column(&page, "p")), reversed.join(" "), "{text} backward");
    }
}

#[tokio::test]
async fn keys_of_several_attributes_allow_no_gaps() {
    let db = composite().await;
    for text in ["h = :h", "h = :h AND i > :i", "r = :a AND q = :one"] {
        let message = error(&db, composite_query(text)).await;
        assert!(message.contains("HASH") && message.contains("equality"), "{text}: {message}");
    }
    for text in [
        "h = :h AND i = :i AND q = :one",
        "h = :h AND i = :i AND r > :a AND q = :one",
        "h = :h AND i = :i AND r > :a AND q > :one",
    ] {
        let message = error(&db, composite_query(text)).await;
        assert!(message.contains("RANGE") && message.contains("equality"), "{text}: {message}");
    }
}

#[tokio::test]
async fn positions_of_several_attributes_go_on_in_both_directions() {
    let db = composite().await;
    for direction in [Direction::Forward, Direction::Backward] {
        let request = Query { direction, ..composite_query("h = :h AND i = :i AND r <= :b") };
        let whole = items(&run(&db, request.clone()).await);
        let mut request = Query { limit: Some(1), ..request };
        let mut gathered = Vec::new();
        while gathered.len() <= whole.len() {
            let page = run(&db, request.clone()).await;
            gathered.extend(items(&page));
            let Some(last) = page.last_evaluated_key else { break };
            assert_eq!(last.attributes().len(), 6);
            request.exclusive_start_key = Some(last);
        }
        assert_eq!(gathered, whole);
    }
}
