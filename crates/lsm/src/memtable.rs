//! Memtables: the rows of the latest commits, in memory, and in a segment of the log each.
//!
//! One writer adds rows while others read. A row keeps its newest version, and those before it that
//! a reader may still want: a reader sees the tree as of one commit, and whatever is newer is not
//! there for it.
//!
//! ```text
//! key ─ newest: commit 9 "z" ─ older: commit 7 "y"     visible: 8, so readers find "y"
//! ```

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use parking_lot::RwLock;
use smallvec::SmallVec;

use crate::block::Commit;
use crate::direction::Direction;
use crate::table::FoundRow;

/// A key in memory; most are short.
pub(crate) type Key = SmallVec<[u8; 64]>;

/// What a row takes besides its key and value.
const ROW_BYTES: usize = 160;
/// Rows that are added before readers get a turn.
const ROWS_PER_TURN: usize = 64;

/// The rows of one segment of the log.
#[derive(Debug)]
pub(crate) struct Memtable {
    /// The segment that has the same commits.
    pub(crate) log: u64,
    rows: RwLock<BTreeMap<Key, Versions>>,
    bytes: AtomicUsize,
    /// The first and the last commit that it has; none is 0.
    first: AtomicU64,
    last: AtomicU64,
}

#[derive(Debug)]
struct Versions {
    newest: FoundRow,
    /// Those before, the newer first, as far as a reader may want them.
    older: Vec<FoundRow>,
}

/// As of which commits there are readers, or may be from now on.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    /// Rising, and not empty.
    pub(crate) commits: Vec<Commit>,
}

impl Readers {
    /// Whether a version is wanted that the next one follows.
    fn want(&self, commit: Commit, next: Commit) -> bool {
        let at = self.commits.partition_point(|reader| *reader < commit);
        self.commits.get(at).is_some_and(|reader| *reader < next)
    }
}

impl Memtable {
    pub(crate) fn new(log: u64) -> Self {
        let [first, last] = [0, 0].map(AtomicU64::new);
        Self { log, rows: RwLock::default(), bytes: AtomicUsize::new(0), first, last }
    }

    /// Whether it may have rows of a commit before this one.
    pub(crate) fn may_have_before(&self, commit: Commit) -> bool {
        let first = self.first.load(Ordering::Relaxed);
        first != 0 && first < commit
    }

    /// The last commit that it has.
    pub(crate) fn last(&self) -> Option<Commit> {
        Some(self.last.load(Ordering::Relaxed)).filter(|last| *last > 0)
    }

    /// Whether a commit comes behind all that it has.
    pub(crate) fn is_after(&self, commit: Commit) -> bool {
        commit > self.last.load(Ordering::Relaxed)
    }

    /// Roughly the memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.read().is_empty()
    }

    /// Adds what a commit leaves in its rows. Nobody sees it before the commit is visible.
    pub(crate) fn apply<'c>(
        &self,
        commit: Commit,
        changes: impl Iterator<Item = (&'c [u8], Option<&'c Bytes>)>,
        readers: &Readers,
    ) {
        debug_assert!(self.is_after(commit), "commits come in order");
        if self.first.load(Ordering::Relaxed) == 0 {
            self.first.store(commit, Ordering::Relaxed);
        }
        self.last.store(commit, Ordering::Relaxed);
        let mut changes = changes.peekable();
        while changes.peek().is_some() {
            let mut rows = self.rows.write();
            for (key, value) in changes.by_ref().take(ROWS_PER_TURN) {
                let added =
                    put(&mut rows, key, FoundRow { commit, value: value.cloned() }, readers);
                self.bytes.fetch_add(added, Ordering::Relaxed);
            }
        }
    }

    /// The row with that key, as a reader as of the commit that `reader` answers with sees it. That
    /// is asked for within the lock: a version that was the newest then is still there.
    pub(crate) fn get(&self, key: &[u8], reader: impl FnOnce() -> Commit) -> Option<FoundRow> {
        let rows = self.rows.read();
        rows.get(key)?.as_of(reader()).cloned()
    }

    /// The first rows of a range in that direction, up to some number, as a reader as of that commit
    /// sees them.
    pub(crate) fn page(
        &self,
        range: (Bound<&[u8]>, Bound<&[u8]>),
        direction: Direction,
        reader: Commit,
        page: &mut Vec<(Key, FoundRow)>,
        rows_max: usize,
    ) {
        if is_empty(range) {
            return;
        }
        let rows = self.rows.read();
        let seen = |(key, versions): (&Key, &Versions)| {
            versions.as_of(reader).map(|row| (key.clone(), row.clone()))
        };
        match direction {
            Direction::Forward => {
                page.extend(rows.range::<[u8], _>(range).filter_map(seen).take(rows_max));
            }
            Direction::Backward => {
                page.extend(rows.range::<[u8], _>(range).rev().filter_map(seen).take(rows_max));
            }
        }
    }
}

/// Whether no key lies within: a map panics over such a range.
fn is_empty((start, end): (Bound<&[u8]>, Bound<&[u8]>)) -> bool {
    match (start, end) {
        (Bound::Included(start), Bound::Included(end)) => start > end,
        (
            Bound::Included(start) | Bound::Excluded(start),
            Bound::Included(end) | Bound::Excluded(end),
        ) => start >= end,
        _ => false,
    }
}

/// Puts a version over what is there; answers how much memory it took.
fn put(rows: &mut BTreeMap<Key, Versions>, key: &[u8], row: FoundRow, readers: &Readers) -> usize {
    let bytes = row.value.as_ref().map_or(0, Bytes::len);
    let Some(versions) = rows.get_mut(key) else {
        rows.insert(Key::from_slice(key), Versions { newest: row, older: Vec::new() });
        return bytes + key.len() + ROW_BYTES;
    };
    debug_assert!(versions.newest.commit < row.commit, "commits come in order");
    let mut next = row.commit;
    let before = std::mem::replace(&mut versions.newest, row);
    let former = before.value.as_ref().map_or(0, Bytes::len);
    versions.older.insert(0, before);
    versions.older.retain(|version| {
        let is_wanted = readers.want(version.commit, next);
        next = version.commit;
        is_wanted
    });
    bytes.saturating_sub(former)
}

impl Versions {
    fn as_of(&self, reader: Commit) -> Option<&FoundRow> {
        let mut all = std::iter::once(&self.newest).chain(&self.older);
        all.find(|version| version.commit <= reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(memtable: &Memtable, commit: Commit, value: Option<&'static str>, readers: &[Commit]) {
        let value = value.map(Bytes::from);
        let changes = [(&b"key"[..], value.as_ref())].into_iter();
        memtable.apply(commit, changes, &Readers { commits: readers.to_vec() });
    }

    fn seen(memtable: &Memtable, reader: Commit) -> Option<Option<Bytes>> {
        memtable.get(b"key", || reader).map(|row| row.value)
    }

    #[test]
    fn a_reader_sees_the_newest_version_that_is_not_too_new() {
        let memtable = Memtable::new(1);
        put(&memtable, 5, Some("a"), &[4]);
        put(&memtable, 7, None, &[6]);
        put(&memtable, 9, Some("b"), &[6, 8]);
        let seen = |reader| seen(&memtable, reader);
        assert_eq!(
            [4, 5, 6, 7, 8, 9, 10].map(seen),
            [
                None,
                Some(Some("a".into())),
                Some(Some("a".into())),
                Some(None),
                Some(None),
                Some(Some("b".into())),
                Some(Some("b".into()))
            ]
        );
    }

    #[test]
    fn versions_that_no_reader_can_want_go() {
        let memtable = Memtable::new(1);
        for commit in 1..100 {
            put(&memtable, commit, Some("v"), &[commit - 1]);
        }
        assert_eq!(memtable.rows.read()[&b"key"[..]].older.len(), 1);
        assert_eq!(seen(&memtable, 97), None);
        assert!(memtable.bytes() < 2 * (ROW_BYTES + 4));
    }

    #[test]
    fn pages_follow_each_other_in_both_directions() {
        let memtable = Memtable::new(1);
        let keys = ["a", "b", "c", "d", "e"];
        let value = Bytes::from("v");
        let changes = keys.iter().map(|key| (key.as_bytes(), Some(&value)));
        memtable.apply(1, changes, &Readers { commits: vec![0] });
        let (least, greatest) = (Bound::Included(&b""[..]), Bound::Excluded(&b"e"[..]));
        let page = |from, direction| {
            let mut page = Vec::new();
            let range = match direction {
                Direction::Forward => (from, greatest),
                Direction::Backward => (least, from),
            };
            memtable.page(range, direction, 1, &mut page, 2);
            let keys = page.into_iter().map(|(key, _)| String::from_utf8(key.to_vec()).unwrap());
            keys.collect::<Vec<_>>()
        };
        assert_eq!(page(Bound::Included(b"b"), Direction::Forward), ["b", "c"]);
        assert_eq!(page(Bound::Excluded(b"b"), Direction::Forward), ["c", "d"]);
        assert_eq!(page(Bound::Excluded(b"c"), Direction::Forward), ["d"]);
        assert!(page(Bound::Included(b"f"), Direction::Forward).is_empty());
        assert_eq!(page(Bound::Excluded(b"e"), Direction::Backward), ["d", "c"]);
        assert!(page(Bound::Excluded(b"a"), Direction::Backward).is_empty());
        assert!(page(Bound::Excluded(b""), Direction::Backward).is_empty());
    }
}
