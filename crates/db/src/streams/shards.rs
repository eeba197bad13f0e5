//! The shards of one stream.
//!
//! A stream begins with some shards, each for a range of partition hashes. A rollover closes them
//! all and opens as many, each the child of the one with the same range.

use model::{SequenceNumber, Shard};
use serde::{Deserialize, Serialize};

/// The shards that are still known, in the order of their numbers, and whether more will come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shards {
    /// How many are open at a time.
    pub(super) width: u32,
    pub(super) list: Vec<StoredShard>,
    /// When the stream was switched off, or its table dropped.
    pub(super) disabled_at_ms: Option<u64>,
}

/// One of them. Its number names its log; its rank among those opened together is its number
/// modulo the width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredShard {
    pub(super) number: u32,
    pub(super) opened_at_ms: u64,
    pub(super) first: u64,
    /// Absent while it is open.
    pub(super) closed: Option<Closed>,
}

/// The end of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Closed {
    pub(super) at_ms: u64,
    pub(super) last: u64,
}

/// The shards that take records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenShards {
    width: u32,
    /// The number of the first; `None` when the stream is switched off.
    first: Option<u32>,
    /// No record of theirs may have a smaller number, whenever it got its stamp.
    pub(super) first_record: u64,
}

/// A moment: by the clock, and as the number that records made from now on do not stay below.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    pub(super) ms: u64,
    pub(super) number: u64,
}

impl Shards {
    /// The first shards of a stream.
    pub(super) fn begin(width: u32, now: Now) -> Self {
        let mut shards = Self { width, list: Vec::new(), disabled_at_ms: None };
        shards.open(now);
        shards
    }

    /// Closes the open shards and opens their children.
    pub(super) fn roll_over(&mut self, now: Now) {
        self.close(now);
        self.open(Now { number: now.number + 1, ..now });
    }

    /// Closes the open shards for good.
    pub(super) fn disable(&mut self, now: Now) {
        self.close(now);
        self.disabled_at_ms = Some(now.ms);
    }

    /// Forgets shards that were closed before `ms`; answers with their numbers.
    pub(super) fn forget_closed_before(&mut self, ms: u64) -> Vec<u32> {
        let is_old = |shard: &StoredShard| shard.closed.is_some_and(|closed| closed.at_ms < ms);
        let (old, kept) = self.list.iter().partition(|shard| is_old(shard));
        self.list = kept;
        Vec::into_iter(old).map(|shard: StoredShard| shard.number).collect()
    }

    /// When the open shards were opened.
    pub(super) fn opened_at_ms(&self) -> Option<u64> {
        self.open_ones().map(|shard| shard.opened_at_ms).next()
    }

    pub(super) fn for_writers(&self) -> OpenShards {
        let first = self.open_ones().next();
        OpenShards {
            width: self.width,
            first: first.map(|shard| shard.number),
            first_record: first.map_or(0, |shard| shard.first),
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<&StoredShard> {
        self.list.iter().find(|shard| shard.id() == id)
    }

    /// Shards as they are shown.
    pub(super) fn described(&self) -> impl Iterator<Item = Shard> {
        self.list.iter().map(|shard| Shard {
            id: shard.id(),
            parent: self.parent(shard).map(StoredShard::id),
            first: SequenceNumber(shard.first),
            last: shard.closed.map(|closed| SequenceNumber(closed.last)),
        })
    }

    /// The shard that this one follows, while it is known.
    fn parent(&self, shard: &StoredShard) -> Option<&StoredShard> {
        let number = shard.number.checked_sub(self.width)?;
        self.list.iter().find(|other| other.number == number)
    }

    fn open_ones(&self) -> impl Iterator<Item = &StoredShard> {
        self.list.iter().filter(|shard| shard.closed.is_none())
    }

    fn open(&mut self, now: Now) {
        let next = self.list.last().map_or(0, |shard| shard.number + 1);
        let opened = (next..).take(self.width as usize).map(|number| StoredShard {
            number,
            opened_at_ms: now.ms,
            first: now.number,
            closed: None,
        });
        self.list.extend(opened);
    }

    fn close(&mut self, now: Now) {
        let closed = Closed { at_ms: now.ms, last: now.number };
        for shard in self.list.iter_mut().filter(|shard| shard.closed.is_none()) {
            shard.closed = Some(closed);
        }
    }
}

impl StoredShard {
    /// Its name: 37 characters; names sort as shards were opened.
    pub(super) fn id(&self) -> String {
        format!("shardId-{:020}-{:08x}", self.opened_at_ms, self.number)
    }
}

impl OpenShards {
    /// The number of the shard that takes the records of a partition.
    pub(super) fn of_hash(self, hash: u64) -> Option<u32> {
        let rank = (u128::from(hash) * u128::from(self.width)) >> 64;
        Some(self.first? + u32::try_from(rank).expect("a rank is less than the width"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(ms: u64) -> Now {
        Now { ms, number: ms << 16 }
    }

    #[test]
    fn hashes_are_spread_over_the_open_shards() {
        let mut shards = Shards::begin(4, now(1));
        let of = |shards: &Shards, hash| shards.for_writers().of_hash(hash);
        assert_eq!((of(&shards, 0), of(&shards, u64::MAX)), (Some(0), Some(3)));
        assert_eq!(of(&shards, 1 << 62), Some(1));
        shards.roll_over(now(2));
        assert_eq!((of(&shards, 0), of(&shards, u64::MAX)), (Some(4), Some(7)));
        shards.disable(now(3));
        assert_eq!(of(&shards, 0), None);
    }

    #[test]
    fn a_rollover_closes_parents_before_their_children_begin() {
        let mut shards = Shards::begin(2, now(1));
        shards.roll_over(now(5));
        let described: Vec<Shard> = shards.described().collect();
        assert!(described.is_sorted_by(|a, b| a.id < b.id));
        assert_eq!(described.len(), 4);
        assert_eq!(described[2].parent.as_ref(), Some(&described[0].id));
        assert!(described[0].last.unwrap() < described[2].first);
        assert_eq!((described[0].parent.as_ref(), described[2].last), (None, None));
    }

    #[test]
    fn old_shards_are_forgotten_and_their_children_have_no_parent_then() {
        let mut shards = Shards::begin(2, now(1));
        shards.roll_over(now(5));
        assert_eq!(shards.forget_closed_before(5), [0; 0]);
        assert_eq!(shards.forget_closed_before(6), [0, 1]);
        let described: Vec<Shard> = shards.described().collect();
        assert!(described.iter().all(|shard| shard.parent.is_none()));
        assert_eq!(shards.opened_at_ms(), Some(5));
    }
}
