//! The tree as a whole: against a model, across reopening, and with everything that goes on behind
//! it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;

use crate::{Direction, SecretKey, Snapshot, Tree, TreeOptions};

mod stepping;
mod watermark;

fn open(dir: &Path) -> Tree {
    open_with(dir, 32 << 10)
}

fn open_with(dir: &Path, memtable_bytes: usize) -> Tree {
    Tree::open(dir, options_with(memtable_bytes)).unwrap()
}

fn options_with(memtable_bytes: usize) -> TreeOptions {
    // Tables and levels are small, so that there are many.
    TreeOptions {
        table_bytes: memtable_bytes as u64,
        base_bytes: 3 * memtable_bytes as u64,
        group: |key| key.len().min(6),
        ..TreeOptions::new(SecretKey::new([5; 32]), 1 << 20, memtable_bytes)
    }
}

fn put(tree: &Tree, key: &str, value: &str) {
    let value = Bytes::copy_from_slice(value.as_bytes());
    tree.commit([(key.as_bytes(), Some(&value))].into_iter(), None).unwrap();
}

fn get(tree: &Tree, key: &str) -> Option<String> {
    tree.get(key.as_bytes()).unwrap().map(|value| String::from_utf8(value.to_vec()).unwrap())
}

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

fn rows(
    snapshot: &Arc<Snapshot>,
    start: &[u8],
    end: &[u8],
    direction: Direction,
) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = snapshot.rows(start, end, direction).unwrap();
    let mut all = Vec::new();
    while let Some((key, value)) = rows.next().unwrap() {
        all.push((key.to_vec(), value.to_vec()));
    }
    all
}

fn assert_is(tree: &Tree, model: &Model) {
    let snapshot = Arc::new(tree.snapshot());
    let expected: Vec<_> = model.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    assert_eq!(rows(&snapshot, &[], &[0xFF; 8], Direction::Forward), expected);
    let backward: Vec<_> = expected.iter().rev().cloned().collect();
    assert_eq!(rows(&snapshot, &[], &[0xFF; 8], Direction::Backward), backward);
    for (key, value) in model {
        assert_eq!(tree.get(key).unwrap().as_deref(), Some(&value[..]));
    }
}

#[test]
fn what_is_committed_is_there_and_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let tree = open(dir.path());
    put(&tree, "a", "1");
    put(&tree, "b", "2");
    put(&tree, "a", "3");
    tree.commit([(&b"b"[..], None)].into_iter(), None).unwrap();
    let check = |tree: &Tree| {
        assert_eq!((get(tree, "a").as_deref(), get(tree, "b")), (Some("3"), None));
    };
    check(&tree);
    // As a crash leaves it: nothing was flushed.
    drop(tree);
    let tree = open(dir.path());
    check(&tree);
    tree.close().unwrap();
    drop(tree);
    check(&open(dir.path()));
}

#[test]
fn an_absent_key_hardly_ever_reads_a_block() {
    let dir = tempfile::tempdir().unwrap();
    let tree = open(dir.path());
    // Odd numbers are there, in tables of several levels.
    let value = Bytes::from_static(&[7; 40]);
    for start in 0..40_u32 {
        let keys: Vec<[u8; 4]> =
            (0..500).map(|at| ((start + 40 * at) * 2 + 1).to_be_bytes()).collect();
        tree.commit(keys.iter().map(|key| (&key[..], Some(&value))), None).unwrap();
    }
    tree.flush().unwrap();
    let absent = 20_000;
    let before = tree.blocks_asked();
    for number in 0..absent {
        assert_eq!(tree.get(&(number * 2_u32).to_be_bytes()).unwrap(), None);
    }
    let asked = tree.blocks_asked() - before;
    assert!(asked * 50 <= u64::from(absent), "{asked} blocks for {absent} absent keys");
    assert!(tree.get(&1_u32.to_be_bytes()).unwrap().is_some());
    assert!(tree.blocks_asked() > before + asked, "blocks are counted");
}

#[test]
fn a_snapshot_keeps_showing_its_moment() {
    let dir = tempfile::tempdir().unwrap();
    let tree = open(dir.path());
    for number in 0..500 {
        put(&tree, &format!("{number:03}"), "before");
    }
    let snapshot = Arc::new(tree.snapshot());
    for round in 0..3 {
        for number in 0..500 {
            put(&tree, &format!("{number:03}"), &format!("after {round} {}", "x".repeat(200)));
        }
        tree.commit(std::iter::empty(), Some((b"2", b"3"))).unwrap();
    }
    tree.flush().unwrap();
    for direction in [Direction::Forward, Direction::Backward] {
        let rows = rows(&snapshot, b"", b"~", direction);
        assert_eq!(rows.len(), 500);
        assert!(rows.iter().all(|(_, value)| value == b"before"));
    }
    assert_eq!(snapshot.get(b"250").unwrap().as_deref(), Some(&b"before"[..]));
    assert_eq!(get(&tree, "250"), None);
    assert!(get(&tree, "350").unwrap().starts_with("after 2"));
}

#[test]
fn a_removed_range_hides_what_was_there_and_nothing_later() {
    let dir = tempfile::tempdir().unwrap();
    let mut model = Model::new();
    let mut tree = open(dir.path());
    for round in 0..4 {
        for number in 0..400 {
            let (key, value) = (format!("{number:03}"), format!("{round} {}", "v".repeat(300)));
            put(&tree, &key, &value);
            model.insert(key.into(), value.into());
        }
        tree.commit(std::iter::empty(), Some((b"100", b"200"))).unwrap();
        model.retain(|key, _| !(b"100".to_vec()..b"200".to_vec()).contains(key));
        put(&tree, "150", "later");
        model.insert(b"150".to_vec(), b"later".to_vec());
        assert_is(&tree, &model);
        match round {
            0 => tree.flush().unwrap(),
            1 => drop(std::mem::replace(&mut tree, open_elsewhere())),
            _ => {}
        }
        if round == 1 {
            tree = open(dir.path());
        }
        assert_is(&tree, &model);
    }
    tree.close().unwrap();
    drop(tree);
    assert_is(&open(dir.path()), &model);
}

/// A tree in the place of one that is dropped.
fn open_elsewhere() -> Tree {
    open(&tempfile::tempdir().unwrap().keep())
}

#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<(u16, Option<u8>)>),
    Remove(u16, u16),
    Flush,
    Reopen,
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let change = (0..300_u16, proptest::option::weighted(0.7, any::<u8>()));
    let step = prop_oneof![
        20 => proptest::collection::vec(change, 1..40).prop_map(Step::Commit),
        1 => (0..300_u16, 0..60_u16).prop_map(|(start, width)| Step::Remove(start, start + width)),
        2 => Just(Step::Flush),
        1 => Just(Step::Reopen),
        1 => Just(Step::Crash),
    ];
    proptest::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_a_map(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let key = |number: u16| format!("row {number:04}").into_bytes();
        let mut model = Model::new();
        let mut tree = open_with(dir.path(), 8 << 10);
        for step in steps {
            match step {
                Step::Commit(changes) => {
                    let changes: BTreeMap<u16, Option<u8>> = changes.into_iter().collect();
                    let changes: Vec<(Vec<u8>, Option<Bytes>)> = changes
                        .into_iter()
                        .map(|(number, value)| {
                            let value = value.map(|byte| Bytes::from(vec![byte; 40 + usize::from(byte)]));
                            (key(number), value)
                        })
                        .collect();
                    tree.commit(
                        changes.iter().map(|(key, value)| (&key[..], value.as_ref())),
                        None,
                    ).unwrap();
                    for (key, value) in changes {
                        match value {
                            Some(value) => drop(model.insert(key, value.to_vec())),
                            None => drop(model.remove(&key)),
                        }
                    }
                }
                Step::Remove(start, end) => {
                    let (start, end) = (key(start), key(end));
                    tree.commit(std::iter::empty(), Some((&start, &end))).unwrap();
                    model.retain(|key, _| *key < start || *key >= end);
                }
                Step::Flush => tree.flush().unwrap(),
                Step::Reopen => {
                    tree.close().unwrap();
                    drop(std::mem::replace(&mut tree, open_elsewhere()));
                    tree = open_with(dir.path(), 8 << 10);
                }
                Step::Crash => {
                    drop(std::mem::replace(&mut tree, open_elsewhere()));
                    tree = open_with(dir.path(), 8 << 10);
                }
            }
        }
        assert_is(&tree, &model);
    }
}
