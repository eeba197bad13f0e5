//! Which commits are looked at: what a memtable keeps for readers.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::block::Commit;
use crate::memtable::Readers;

/// The commits as of which somebody reads, and how many do.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(Mutex<BTreeMap<Commit, usize>>);

/// A reader as of some commit, until it is dropped.
#[derive(Debug)]
pub(crate) struct Reading {
    snapshots: Arc<Snapshots>,
    pub(crate) commit: Commit,
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.snapshots.remove(self.commit);
    }
}

impl Snapshots {
    /// A reader as of the commit that `visible` answers with.
    pub(crate) fn read(self: &Arc<Self>, visible: impl FnOnce() -> Commit) -> Reading {
        Reading { commit: self.add(visible), snapshots: Arc::clone(self) }
    }

    fn add(&self, visible: impl FnOnce() -> Commit) -> Commit {
        let mut commits = self.0.lock();
        // Within the lock, so that no writer looks for readers between the two.
        let commit = visible();
        *commits.entry(commit).or_default() += 1;
        commit
    }

    fn remove(&self, commit: Commit) {
        let mut commits = self.0.lock();
        let count = commits.get_mut(&commit).expect("a reader is counted until it ends");
        *count -= 1;
        if *count == 0 {
            commits.remove(&commit);
        }
    }

    /// Whoever reads now, or from now on before another commit is visible.
    pub(crate) fn readers(&self, visible: impl FnOnce() -> Commit) -> Readers {
        let snapshots = self.0.lock();
        let visible = visible();
        let mut commits: Vec<Commit> = snapshots.keys().copied().collect();
        debug_assert!(commits.last().is_none_or(|last| *last <= visible), "nobody sees ahead");
        if commits.last() != Some(&visible) {
            commits.push(visible);
        }
        Readers { commits }
    }
}
