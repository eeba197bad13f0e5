//! The two paths of a request give the same verdict: on what the transcripts send, on the fuzzers'
//! seeds, and on these bodies with parts of them exchanged, doubled, or made null. Items that are
//! read straight into their byte form are those that their trees become.

use std::path::{Path, PathBuf};

use model::{ApiError, AttributeMap, Item};
use proptest::prelude::*;
use serde_json::Value;

use super::{decode, read};
use crate::generated::shapes;
use crate::operation::{Operation, OperationName};
use crate::{explanation, item, operations, types, value};

type Check = fn(&[u8]);

macro_rules! declare_checks {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        /// By discriminant.
        const CHECKS: &[Check] = &[$(check::<operations::$name>),*];
    };
}

crate::for_each_operation!(declare_checks);

/// Neither path may find fine what the other refuses.
fn check<O: Operation>(body: &[u8]) {
    let is_read = read::<O::Input>(body, O::SHAPE).is_ok();
    let explained = explanation::parse(body)
        .and_then(|json| explanation::check_request(&json, O::CLASS, O::SHAPE));
    let shown = String::from_utf8_lossy(body);
    if is_read {
        assert_eq!(explained, Ok(()), "{} reads {shown}", O::NAME);
    }
    match (decode::<O>(body), explained) {
        (Ok(_), explained) => assert_eq!(explained, Ok(()), "{} takes {shown}", O::NAME),
        (Err(error), explained) => {
            assert_ne!(error, ApiError::InternalServerError, "{} of {shown}", O::NAME);
            assert_eq!(explained, Err(error), "{} of {shown}", O::NAME);
        }
    }
}

/// An item is read as its tree is, or refused in the same words.
fn check_item(body: &[u8]) {
    let tree = || -> Result<AttributeMap, ApiError> {
        let json = explanation::parse(body)?;
        types::check(&json, &shapes::PUT_ITEM_INPUT_ATTRIBUTE_MAP)?;
        value::attributes(json.members())
    };
    let shown = String::from_utf8_lossy(body);
    match (item::read(body), tree()) {
        (Ok(item), Ok(tree)) => {
            assert_eq!(item.decode(), tree, "{shown}");
            assert_eq!(item, Item::encode(&tree), "{shown}");
        }
        (item, tree) => assert_eq!(item.err(), tree.err(), "{shown}"),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the folder is in the repository");
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The requests of a transcript: the lines between `> Operation` and `< status`.
fn requests(text: &str) -> Vec<(OperationName, String)> {
    let mut requests = Vec::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("> ") {
            let name = name.split(' ').next().and_then(OperationName::parse);
            current = name.map(|name| (name, String::new()));
        } else if line.starts_with('<') {
            requests.extend(current.take());
        } else if let Some((_, body)) = &mut current {
            body.push_str(line);
            body.push('\n');
        }
    }
    requests
}

/// Every body that the repository has, with the operation it is for.
fn corpus() -> Vec<(OperationName, String)> {
    let mut paths = Vec::new();
    files(&root().join("tests/transcripts"), &mut paths);
    let mut corpus = Vec::new();
    for path in paths {
        corpus.extend(requests(&std::fs::read_to_string(path).expect("a transcript is text")));
    }
    let mut seeds = Vec::new();
    files(&root().join("fuzz/seeds/requests"), &mut seeds);
    for path in seeds {
        let seed = std::fs::read_to_string(path).expect("a seed is text");
        let (name, body) = seed.split_once('\n').expect("a seed names its operation");
        corpus.extend(OperationName::parse(name).map(|name| (name, body.to_owned())));
    }
    corpus
}

#[test]
fn both_paths_agree_on_every_body_of_the_repository() {
    let corpus = corpus();
    assert!(corpus.len() > 100, "{} bodies", corpus.len());
    for (name, body) in corpus {
        CHECKS[name as usize](body.as_bytes());
    }
}

#[test]
fn items_of_the_repository_are_read_as_their_trees() {
    assert!(ITEMS.len() > 100, "{} items", ITEMS.len());
    for item in ITEMS.iter() {
        check_item(item.to_string().as_bytes());
    }
}

/// Names that mean something, and values that some member takes and others refuse.
const NAMES: &[&str] = &[
    "TableName",
    "Key",
    "Item",
    "Keys",
    "S",
    "N",
    "B",
    "SS",
    "NS",
    "BS",
    "L",
    "M",
    "BOOL",
    "NULL",
    "Expected",
    "ConditionalOperator",
    "ConditionExpression",
    "AttributesToGet",
    "Put",
    "Delete",
    "PutRequest",
    "DeleteRequest",
    "Limit",
    "StreamArn",
    "Timestamp",
    "Tags",
    "ReplicaUpdates",
    "",
];
const VALUES: &[&str] = &[
    "null",
    "true",
    "\"true\"",
    "\"FALSE\"",
    "0",
    "-0",
    "1",
    "-1",
    "1e2",
    "2.9",
    "1e400",
    "18446744073709551616",
    "-9223372036854775809",
    "\"\"",
    "\"a\"",
    "\"abc\"",
    "\"1\"",
    "\"YWJj\"",
    "\"YQ==\"",
    "\"YR==\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "[]",
    "[null]",
    "{}",
    "{\"S\":\"a\"}",
    "{\"S\":\"a\",\"N\":null}",
    "{\"S\":\"a\",\"S\":null}",
    "{\"S\":1,\"S\":\"b\"}",
    "{\"S\":\"a\",\"N\":\"1\"}",
    "{\"NULL\":true}",
    "{\"NULL\":\"true\"}",
    "{\"NULL\":false}",
    "{\"NS\":[\"1\",\"1.0\"]}",
    "{\"SS\":[]}",
    "{\"L\":[{}]}",
    "{\"M\":{\"\":{\"S\":\"\"}}}",
    "{\"x\":null}",
    "{\"x\":{\"S\":\"y\"}}",
    "[{\"Create\":{\"RegionName\":\"eu\"}}]",
    "\"HASH\"",
    "\"arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/2026\"",
    "01",
    "1.",
    "tru",
    "\"\u{1}\"",
];

/// Prints a value with some of its parts changed; `choose` says which and how.
fn print(value: &Value, choose: &mut impl FnMut(usize) -> usize, out: &mut String) {
    if choose(12) == 0 {
        out.push_str(VALUES[choose(VALUES.len())]);
        return;
    }
    match value {
        Value::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                let times = if choose(16) == 0 { 2 } else { 1 };
                for time in 0..times {
                    out.push_str(if index + time > 0 { "," } else { "" });
                    print(element, choose, out);
                }
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            let mut is_first = true;
            let mut members: Vec<_> = members.iter().collect();
            let first = choose(members.len() + 1);
            members.rotate_left(first);
            for (name, member) in members {
                let times = [1, 1, 1, 1, 1, 1, 0, 2][choose(8)];
                for _ in 0..times {
                    let renamed = choose(24) == 0;
                    let name = if renamed { NAMES[choose(NAMES.len())] } else { name };
                    out.push_str(if is_first { "" } else { " ,\n" });
                    is_first = false;
                    out.push_str(&Value::from(name).to_string());
                    out.push(':');
                    print(member, choose, out);
                }
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn both_paths_agree_on_bodies_that_were_changed(seed in any::<u64>()) {
        let bodies: &[(OperationName, Value)] = &CHANGED;
        let mut choose = choices(seed);
        let (name, value) = &bodies[choose(bodies.len())];
        let mut body = String::new();
        print(value, &mut choose, &mut body);
        CHECKS[*name as usize](body.as_bytes());
    }

    #[test]
    fn items_that_were_changed_are_read_as_their_trees(seed in any::<u64>()) {
        let mut choose = choices(seed);
        let mut body = String::new();
        print(&ITEMS[choose(ITEMS.len())], &mut choose, &mut body);
        check_item(body.as_bytes());
    }
}

/// One number below another after the other, as `seed` has it.
fn choices(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed | 1;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    }
}

static CHANGED: std::sync::LazyLock<Vec<(OperationName, Value)>> = std::sync::LazyLock::new(|| {
    let bodies = corpus().into_iter();
    bodies.filter_map(|(name, body)| Some((name, serde_json::from_str(&body).ok()?))).collect()
});

/// Every item and every key in these bodies.
static ITEMS: std::sync::LazyLock<Vec<Value>> = std::sync::LazyLock::new(|| {
    let mut items = Vec::new();
    CHANGED.iter().for_each(|(_, body)| find_items(body, &mut items));
    items
});

fn find_items(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| find_items(element, found)),
        Value::Object(members) => {
            for (name, member) in members {
                let is_item = ["Item", "Key"].contains(&&**name) && member.is_object();
                if is_item { found.push(member.clone()) } else { find_items(member, found) }
            }
        }
        _ => {}
    }
}
