//! The shards of one stream.
//!
//! A stream begins with some shards, each for a range of partition hashes. A rollover closes them
//! all and opens as many, each the child of the one with the same range.

use model::SequenceNumber;
use model::api::{SequenceNumberRange, Shard};

use crate::layout::stamp::{Stamp, StampSource};

/// How far a record's number may be ahead of the stamps that were issued when it was queued:
/// commits that are queued in another order than they got their stamps push each other forward by
/// one each, and far fewer are under way at a time.
const NUMBERS_AHEAD: u64 = Stamp::READINGS_PER_MS;

/// The shards that are still known, in the order of their numbers, and whether more will come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shards {
    /// How many are open at a time.
    pub(crate) width: u32,
    pub(crate) list: Vec<StoredShard>,
    /// When the stream was switched off, or its table dropped.
    pub(crate) disabled_at_ms: Option<u64>,
}

/// One of them. Its number names its log; its rank among those opened together is its number
/// modulo the width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredShard {
    pub(crate) number: u32,
    pub(crate) opened_at_ms: u64,
    pub(crate) first: u64,
    /// Absent while it is open.
    pub(crate) closed: Option<Closed>,
}

/// The end of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) at_ms: u64,
    pub(crate) last: u64,
}

/// A moment: by the clock, and as the number that records made from now on do not stay below.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) ms: u64,
    pub(crate) number: u64,
}

impl Moment {
    /// Now, and a number greater than those of all records queued so far.
    pub(crate) fn of(stamps: &StampSource) -> Self {
        let stamp = stamps.next(None);
        Self { ms: stamp.ms(), number: stamp.reading() + NUMBERS_AHEAD }
    }
}

impl Shards {
    /// The first shards of a stream.
    pub(crate) fn begin(width: u32, now: Moment) -> Self {
        let mut shards = Self { width, list: Vec::new(), disabled_at_ms: None };
        shards.open(now);
        shards
    }

    /// Closes the open shards and opens their children.
    pub(crate) fn roll_over(&mut self, now: Moment) {
        self.close(now);
        self.open(Moment { number: now.number + 1, ..now });
    }

    /// Closes the open shards for good.
    pub(crate) fn disable(&mut self, now: Moment) {
        self.close(now);
        self.disabled_at_ms = Some(now.ms);
    }

    /// Shards that were closed before `ms`, each with its end.
    pub(crate) fn closed_before(&self, ms: u64) -> impl Iterator<Item = (StoredShard, Closed)> {
        let closed = self.list.iter().filter_map(|shard| Some((*shard, shard.closed?)));
        closed.filter(move |(_, closed)| closed.at_ms < ms)
    }

    /// Forgets the shards of these numbers.
    pub(crate) fn forget(&mut self, numbers: &[u32]) {
        self.list.retain(|shard| !numbers.contains(&shard.number));
    }

    /// When the open shards were opened.
    pub(crate) fn opened_at_ms(&self) -> Option<u64> {
        self.open_ones().map(|shard| shard.opened_at_ms).next()
    }

    /// The open shard that takes the records of a partition; `None` when the stream is switched off.
    pub(crate) fn open_of_hash(&self, hash: u64) -> Option<StoredShard> {
        let rank = (u128::from(hash) * u128::from(self.width)) >> 64;
        let rank = usize::try_from(rank).expect("a rank is less than the width");
        // The open ones are the last `width` of the list, in the order of their ranks.
        let first = self.list.len().checked_sub(self.width as usize)?;
        self.list.get(first + rank).copied().filter(|shard| shard.closed.is_none())
    }

    pub(crate) fn find(&self, id: &str) -> Option<&StoredShard> {
        self.list.iter().find(|shard| shard.id() == id)
    }

    /// Shards as they are shown.
    pub(crate) fn described(&self) -> impl Iterator<Item = Shard> {
        self.list.iter().map(|shard| Shard {
            parent_shard_id: self.parent(shard).map(StoredShard::id),
            sequence_number_range: Some(SequenceNumberRange {
                ending_sequence_number: shard.closed.map(|closed| SequenceNumber(closed.last)),
                starting_sequence_number: Some(SequenceNumber(shard.first)),
            }),
            shard_id: Some(shard.id()),
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

    fn open(&mut self, now: Moment) {
        let next = self.list.last().map_or(0, |shard| shard.number + 1);
        let opened = (next..).take(self.width as usize).map(|number| StoredShard {
            number,
            opened_at_ms: now.ms,
            first: now.number,
            closed: None,
        });
        self.list.extend(opened);
    }

    fn close(&mut self, now: Moment) {
        let closed = Closed { at_ms: now.ms, last: now.number };
        for shard in self.list.iter_mut().filter(|shard| shard.closed.is_none()) {
            shard.closed = Some(closed);
        }
    }
}

impl StoredShard {
    /// Its name: 37 characters; names sort as shards were opened.
    pub(crate) fn id(&self) -> String {
        format!("shardId-{:020}-{:08x}", self.opened_at_ms, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(ms: u64) -> Moment {
        Moment { ms, number: ms << 16 }
    }

    #[test]
    fn hashes_are_spread_over_the_open_shards() {
        let mut shards = Shards::begin(4, now(1));
        let of = |shards: &Shards, hash| shards.open_of_hash(hash).map(|shard| shard.number);
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
        assert!(described.is_sorted_by(|a, b| a.shard_id < b.shard_id));
        assert_eq!(described.len(), 4);
        let [parent, child] = [&described[0], &described[2]];
        assert_eq!((&parent.parent_shard_id, &child.parent_shard_id), (&None, &parent.shard_id));
        let range = |shard: &Shard| shard.sequence_number_range.clone().unwrap();
        let last = range(parent).ending_sequence_number;
        assert!(last.is_some() && last < range(child).starting_sequence_number);
        assert_eq!(range(child).ending_sequence_number, None);
    }

    #[test]
    fn old_shards_are_forgotten_and_their_children_have_no_parent_then() {
        let mut shards = Shards::begin(2, now(1));
        shards.roll_over(now(5));
        let before =
            |ms| -> Vec<u32> { shards.closed_before(ms).map(|(shard, _)| shard.number).collect() };
        assert_eq!(before(5), [0; 0]);
        assert_eq!(before(6), [0, 1]);
        shards.forget(&[0, 1]);
        let described: Vec<Shard> = shards.described().collect();
        assert!(described.iter().all(|shard| shard.parent_shard_id.is_none()));
        assert_eq!(shards.opened_at_ms(), Some(5));
    }
}
