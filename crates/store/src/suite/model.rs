//! Reads and writes in no particular order, against a `BTreeMap` that does the same.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::rows::{ShownRow, all, apply, shown};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::Consistency::Strong;
use crate::{Direction, Kind, Logs, RowKey, RowRange, Space, Store, Write, resolve};

type Rows = BTreeMap<RowKey, Bytes>;

/// A row's name within the space of its case: few enough of each part that ranges have neighbours
/// on every side, and their edges are hit.
#[derive(Debug, Clone)]
struct RowName {
    kind: Kind,
    hash: u64,
    partition: Vec<u8>,
    sort: Vec<u8>,
}

#[derive(Debug, Clone)]
enum ModelWrite {
    Put(RowName, Vec<u8>),
    Delete(RowName),
}

/// Rows, and what to read of them.
type Case<T> = (Vec<Vec<ModelWrite>>, T);

pub(super) fn points<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    check_cases(bench, 24, Just(()), async |store, space, model, ()| {
        for name in all_names() {
            let key = name.key(space);
            let (found, expected) = (store.get(&key, Strong).await?, model.get(&key));
            ensure!(found.as_ref() == expected, "{key:?} is {found:?}, not {expected:?}");
        }
        let keys: Vec<RowKey> = all_names().map(|name| name.key(space)).collect();
        let found = store.read_atomically(&keys).await?;
        let expected: Vec<_> = keys.iter().map(|key| model.get(key).cloned()).collect();
        ensure!(found == expected, "read together: {found:?}, not {expected:?}");
        Ok(())
    })
}

pub(super) fn ranges<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    check_cases(bench, 24, vec(read(), 40), async |store, space, model, reads| {
        for Read { range, direction, limit } in reads {
            let range = range.within(space);
            let expected = expected(model, &range, direction, limit);
            let (found, late) = shown(store, &range, direction, limit).await?;
            ensure!(
                found == expected,
                "{range:?} {direction:?} showed {found:?}, not {expected:?}"
            );
            ensure!(late == 0, "{range:?} {direction:?} showed rows after it was broken off");
        }
        Ok(())
    })
}

pub(super) fn segments<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    check_cases(bench, 12, Just(()), async |store, space, model, ()| {
        let of_kind = |(key, _): &(&RowKey, &Bytes)| key.borrowed().kind() == Kind(1);
        let expected: Vec<ShownRow> =
            model.iter().filter(of_kind).map(|(key, value)| (key.clone(), value.clone())).collect();
        for segments in 1..9 {
            let found = shown_in_segments(store, space, segments).await?;
            ensure!(found == expected, "{segments} segments showed {found:?}, not {expected:?}");
        }
        Ok(())
    })
}

async fn shown_in_segments(
    store: &impl Store,
    space: Space,
    segments: u64,
) -> Result<Vec<ShownRow>, Violation> {
    let width = u64::MAX / segments;
    let mut found = Vec::new();
    for segment in 0..segments {
        let first = segment * width;
        let last = if segment + 1 == segments { u64::MAX } else { first + width - 1 };
        let range = RowRange::Hashes { space, kind: Kind(1), first, last, after: None };
        found.extend(all(store, &range).await?);
    }
    Ok(found)
}

pub(super) fn delete_range<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    check_cases(bench, 12, any_range(), async |store, space, model, doomed| {
        let neighbour = RowKey::new(Space(space.0 + 1), Kind(0), 0, b"", b"");
        let value = Bytes::from_static(b"kept");
        apply(store, vec![Write::Put { key: neighbour.clone(), value: value.clone() }]).await?;
        let mut left = model.clone();
        for doomed in [doomed.within(space), RowRange::Space(space)] {
            store.delete_range(&doomed).await?;
            for (key, _) in expected(model, &doomed, Direction::Forward, usize::MAX) {
                left.remove(&key);
            }
            let whole = RowRange::Space(space);
            let found = all(store, &whole).await?;
            let expected = expected(&left, &whole, Direction::Forward, usize::MAX);
            ensure!(found == expected, "{doomed:?} left {found:?}, not {expected:?}");
        }
        ensure!(
            store.get(&neighbour, Strong).await? == Some(value),
            "removing a space removed a row of the next one"
        );
        Ok(())
    })
}

/// Fills a space of its own per case, atom by atom, and has `check` compare it with the model.
fn check_cases<H: Harness, T: std::fmt::Debug>(
    bench: &Bench<'_, H>,
    cases: u32,
    reads: impl Strategy<Value = T>,
    check: impl AsyncFn(&H::Store, Space, &Rows, T) -> Checked,
) -> Checked {
    let store = bench.harness.fresh();
    // Every other one, so that a case can look at what lies next to it.
    let next_space = AtomicU32::new(0);
    let run = |(atoms, reads): Case<T>| {
        let space = Space(next_space.fetch_add(2, Ordering::Relaxed));
        let result: Checked = bench.runtime.block_on(async {
            let model = fill(&store, space, &atoms).await?;
            check(&store, space, &model, reads).await
        });
        result.map_err(|Violation(told)| TestCaseError::fail(told))
    };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, seed);
    let atoms = vec(vec(model_write(), 1..12), 1..6);
    runner.run(&(atoms, reads), run).map_err(|error| Violation(error.to_string()))
}

async fn fill(
    store: &impl Store,
    space: Space,
    atoms: &[Vec<ModelWrite>],
) -> Result<Rows, Violation> {
    let mut model = Rows::new();
    for atom in atoms {
        let writes: Vec<Write> = atom.iter().map(|write| write.within(space)).collect();
        apply(store, writes.clone()).await?;
        for (key, value) in resolve(writes, &mut Logs::default(), &model)? {
            match value {
                Some(value) => model.insert(key, value),
                None => model.remove(&key),
            };
        }
    }
    Ok(model)
}

/// What the contract says a range shows, by looking at every row's parts.
fn expected(model: &Rows, range: &RowRange, direction: Direction, limit: usize) -> Vec<ShownRow> {
    let rows = model.iter().filter(|(key, _)| lies_in(key, range, direction));
    let rows = rows.map(|(key, value)| (key.clone(), value.clone()));
    match direction {
        Direction::Forward => rows.take(limit).collect(),
        Direction::Backward => rows.rev().take(limit).collect(),
    }
}

fn lies_in(row: &RowKey, range: &RowRange, direction: Direction) -> bool {
    let parts = row.borrowed();
    match range {
        RowRange::Space(space) => parts.space() == *space,
        RowRange::Hashes { space, kind, first, last, after } => {
            let behind = after.as_ref().is_none_or(|after| match direction {
                Direction::Forward => row > after,
                Direction::Backward => row < after,
            });
            let hashes = *first..=*last;
            (parts.space(), parts.kind()) == (*space, *kind)
                && hashes.contains(&parts.hash())
                && behind
        }
        RowRange::Sorts { space, kind, hash, partition, lower, upper } => {
            let sorts = (lower.clone(), upper.clone());
            (parts.space(), parts.kind(), parts.hash()) == (*space, *kind, *hash)
                && parts.partition() == partition
                && sorts.contains(&parts.sort().to_vec())
        }
    }
}

const KINDS: [Kind; 3] = [Kind(0), Kind(1), Kind(0xFF)];
const HASHES: [u64; 5] = [0, 1, u64::MAX / 2, u64::MAX - 1, u64::MAX];
const PARTITIONS: [&[u8]; 3] = [b"", b"a", b"\xFF\xFF"];
const SORTS: [&[u8]; 6] = [b"", b"\0", b"a", b"a\0", b"b", b"\xFF\xFF"];

fn all_names() -> impl Iterator<Item = RowName> {
    KINDS.iter().flat_map(|kind| {
        HASHES.iter().flat_map(move |hash| {
            PARTITIONS.iter().flat_map(move |partition| {
                SORTS.iter().map(move |sort| RowName {
                    kind: *kind,
                    hash: *hash,
                    partition: partition.to_vec(),
                    sort: sort.to_vec(),
                })
            })
        })
    })
}

impl RowName {
    fn key(&self, space: Space) -> RowKey {
        RowKey::new(space, self.kind, self.hash, &self.partition, &self.sort)
    }
}

impl ModelWrite {
    fn within(&self, space: Space) -> Write {
        match self {
            Self::Put(name, value) => {
                Write::Put { key: name.key(space), value: Bytes::copy_from_slice(value) }
            }
            Self::Delete(name) => Write::Delete { key: name.key(space) },
        }
    }
}

fn name() -> impl Strategy<Value = RowName> {
    // Most rows share kind, hash and partition: that is where ranges read.
    let often = |common, others: Vec<_>| prop_oneof![3 => Just(common), 2 => select(others)];
    let kind = prop_oneof![4 => Just(Kind(1)), 1 => select(KINDS.to_vec())];
    let hash = prop_oneof![1 => Just(1u64), 1 => select(HASHES.to_vec())];
    let partition = often(b"a".to_vec(), PARTITIONS.map(<[u8]>::to_vec).to_vec());
    let sort = select(SORTS.map(<[u8]>::to_vec).to_vec());
    (kind, hash, partition, sort).prop_map(|(kind, hash, partition, sort)| RowName {
        kind,
        hash,
        partition,
        sort,
    })
}

fn model_write() -> impl Strategy<Value = ModelWrite> {
    prop_oneof![
        4 => (name(), vec(any::<u8>(), 0..20)).prop_map(|(name, value)| ModelWrite::Put(name, value)),
        1 => name().prop_map(ModelWrite::Delete),
    ]
}

/// A range without its space.
#[derive(Debug, Clone)]
enum Shape {
    Hashes { kind: Kind, first: u64, last: u64, after: Option<RowName> },
    Sorts { of: RowName, lower: Bound<Vec<u8>>, upper: Bound<Vec<u8>> },
    Space,
}

#[derive(Debug, Clone)]
struct Read {
    range: Shape,
    direction: Direction,
    limit: usize,
}

impl Shape {
    fn within(&self, space: Space) -> RowRange {
        match self.clone() {
            Self::Hashes { kind, first, last, after } => {
                let after = after.map(|name| name.key(space));
                RowRange::Hashes { space, kind, first, last, after }
            }
            Self::Sorts { of: RowName { kind, hash, partition, .. }, lower, upper } => {
                RowRange::Sorts { space, kind, hash, partition, lower, upper }
            }
            Self::Space => RowRange::Space(space),
        }
    }
}

fn any_range() -> impl Strategy<Value = Shape> {
    let hash = || select(HASHES.to_vec());
    prop_oneof![
        4 => (select(KINDS.to_vec()), hash(), hash(), proptest::option::of(name())).prop_map(
            |(kind, first, last, after)| Shape::Hashes { kind, first, last, after }
        ),
        5 => (name(), bound(), bound())
            .prop_map(|(of, lower, upper)| Shape::Sorts { of, lower, upper }),
        1 => Just(Shape::Space),
    ]
}

fn bound() -> impl Strategy<Value = Bound<Vec<u8>>> {
    let sort = || select(SORTS.map(<[u8]>::to_vec).to_vec());
    prop_oneof![
        sort().prop_map(Bound::Included),
        sort().prop_map(Bound::Excluded),
        Just(Bound::Unbounded),
    ]
}

fn read() -> impl Strategy<Value = Read> {
    let direction = select(vec![Direction::Forward, Direction::Backward]);
    let limit = prop_oneof![1..5usize, Just(usize::MAX)];
    (any_range(), direction, limit).prop_map(|(range, direction, limit)| Read {
        range,
        direction,
        limit,
    })
}
