//! Row names, their one contiguous order, and ranges of them.
//!
//! The byte form is specified in `docs/format/row-key.md`. Comparing bytes is comparing rows, so a
//! table is one contiguous run of keys, a scan segment is a run of hashes within it, and a
//! partition a run within that.

use std::ops::Bound;

use smallvec::SmallVec;

use crate::Direction;

/// Bytes before the partition: space, kind, hash and the partition's length.
const HEADER_BYTES: usize = 4 + 1 + 8 + 2;

type KeyBytes = SmallVec<[u8; 64]>;

/// A key space: one table's or one global index's rows. Never reused. `u32::MAX` is reserved, so
/// that every space has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Space(pub u32);

/// What a row is, within its space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u8);

/// The name of a row. Its bytes are `space u32 | kind u8 | hash u64 | partition length u16 |
/// partition | sort`, integers big-endian: comparing bytes is comparing rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    bytes: KeyBytes,
}

/// A borrowed [`RowKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKeyRef<'a> {
    /// Well-formed: the header, and at least as many bytes behind it as its length field says.
    bytes: &'a [u8],
}

/// A row as a range shows it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The row's name.
    pub key: RowKeyRef<'a>,
    /// The row's value.
    pub value: &'a [u8],
}

/// Rows that a range reads: within one space and kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRange {
    /// Whole partitions by hash, both ends included.
    Hashes {
        /// The space.
        space: Space,
        /// The kind.
        kind: Kind,
        /// First hash.
        first: u64,
        /// Last hash.
        last: u64,
        /// Only rows behind this one in the direction of reading. It need not exist.
        after: Option<RowKey>,
    },
    /// Rows of one partition by sort.
    Sorts {
        /// The space.
        space: Space,
        /// The kind.
        kind: Kind,
        /// The partition's hash.
        hash: u64,
        /// The partition.
        partition: Vec<u8>,
        /// The first sort, or the one before it.
        lower: Bound<Vec<u8>>,
        /// The last sort, or the one behind it.
        upper: Bound<Vec<u8>>,
    },
    /// Every row of a space, of all kinds: for `delete_range`.
    Space(Space),
}

/// A run of key bytes, `start` included and `end` not. Empty when `start >= end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBounds {
    /// First key.
    pub start: Vec<u8>,
    /// First key behind the run.
    pub end: Vec<u8>,
}

impl RowKey {
    /// Names a row.
    ///
    /// # Panics
    /// When `partition` has more than 65,535 bytes or `space` is the reserved one: the caller
    /// checks keys against DynamoDB's limits, which are far below, before it names rows.
    pub fn new(space: Space, kind: Kind, hash: u64, partition: &[u8], sort: &[u8]) -> Self {
        let mut bytes = partition_prefix(space, kind, hash, partition);
        bytes.extend_from_slice(sort);
        let key = Self { bytes };
        debug_assert!(
            RowKeyRef::parse(key.as_bytes())
                .is_some_and(|read| (read.partition(), read.sort()) == (partition, sort)),
            "a name is taken apart as it was put together"
        );
        key
    }

    /// The contiguous form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same name, borrowed: its parts are read from there.
    pub fn borrowed(&self) -> RowKeyRef<'_> {
        RowKeyRef { bytes: &self.bytes }
    }
}

impl std::borrow::Borrow<[u8]> for RowKey {
    fn borrow(&self) -> &[u8] {
        &self.bytes
    }
}

impl<'a> RowKeyRef<'a> {
    /// Recognises the bytes of a row key; `None` when they are not one, which is damage.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let length = bytes.get(HEADER_BYTES - 2..HEADER_BYTES)?;
        let partition_bytes = usize::from(u16::from_be_bytes([length[0], length[1]]));
        (bytes.len() >= HEADER_BYTES + partition_bytes).then_some(Self { bytes })
    }

    /// The contiguous form.
    pub fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The space.
    pub fn space(self) -> Space {
        Space(u32::from_be_bytes(self.header()))
    }

    /// The kind.
    pub fn kind(self) -> Kind {
        Kind(self.bytes[4])
    }

    /// The partition's hash.
    pub fn hash(self) -> u64 {
        let [_, _, _, _, _, hash @ ..] = self.header::<13>();
        u64::from_be_bytes(hash)
    }

    /// The partition.
    pub fn partition(self) -> &'a [u8] {
        &self.bytes[HEADER_BYTES..self.sort_offset()]
    }

    /// The sort part.
    pub fn sort(self) -> &'a [u8] {
        &self.bytes[self.sort_offset()..]
    }

    /// A copy of its own.
    pub fn to_key(self) -> RowKey {
        RowKey { bytes: KeyBytes::from_slice(self.bytes) }
    }

    fn sort_offset(self) -> usize {
        let [.., high, low] = self.header::<HEADER_BYTES>();
        HEADER_BYTES + usize::from(u16::from_be_bytes([high, low]))
    }

    fn header<const N: usize>(self) -> [u8; N] {
        *self.bytes.first_chunk().expect("a well-formed key has its header")
    }
}

impl RowRange {
    /// The run of keys this range is, for an engine that reads it in `direction`.
    pub fn bounds(&self, direction: Direction) -> KeyBounds {
        match self {
            Self::Hashes { space, kind, first, last, after } => {
                let mut bounds = KeyBounds {
                    start: hash_prefix(*space, *kind, *first).into_vec(),
                    end: prefix_end(&hash_prefix(*space, *kind, *last)),
                };
                if let Some(after) = after {
                    bounds.go_on_behind(after.borrowed(), direction);
                }
                bounds
            }
            Self::Sorts { space, kind, hash, partition, lower, upper } => {
                let prefix = partition_prefix(*space, *kind, *hash, partition);
                let key = |sort: &[u8]| [&prefix[..], sort].concat();
                KeyBounds {
                    start: match lower {
                        Bound::Included(sort) => key(sort),
                        Bound::Excluded(sort) => successor(key(sort)),
                        Bound::Unbounded => prefix.to_vec(),
                    },
                    end: match upper {
                        Bound::Included(sort) => successor(key(sort)),
                        Bound::Excluded(sort) => key(sort),
                        Bound::Unbounded => prefix_end(&prefix),
                    },
                }
            }
            Self::Space(space) => {
                let prefix = space_prefix(*space);
                KeyBounds { start: prefix.to_vec(), end: prefix_end(&prefix) }
            }
        }
    }
}

impl KeyBounds {
    /// Whether no key can lie within.
    pub fn is_empty(&self) -> bool {
        self.start >= self.end
    }

    /// Leaves what lies behind `after` in the direction of reading.
    pub fn go_on_behind(&mut self, after: RowKeyRef<'_>, direction: Direction) {
        let is_outside = |bounds: &Self| {
            let after = after.as_bytes();
            after < &bounds.start[..] || &bounds.end[..] <= after
        };
        match direction {
            Direction::Forward => {
                let start = successor(after.as_bytes().to_vec());
                if start > self.start {
                    self.start = start;
                }
            }
            Direction::Backward => {
                if after.as_bytes() < &self.end[..] {
                    self.end = after.as_bytes().to_vec();
                }
            }
        }
        debug_assert!(is_outside(self), "no row is shown twice");
    }
}

/// The first byte string that is greater than every string beginning with `prefix`: for
/// `begins_with` as an upper bound. Empty when there is none, that is, when every byte is 0xFF.
pub fn prefix_end(prefix: &[u8]) -> Vec<u8> {
    let kept = prefix.iter().rposition(|byte| *byte != 0xFF).map_or(0, |last| last + 1);
    let mut end = prefix[..kept].to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    debug_assert!(end.is_empty() || &end[..] > prefix, "an end lies behind what it ends");
    end
}

/// The least byte string greater than `key`.
fn successor(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

fn space_prefix(space: Space) -> KeyBytes {
    assert!(space.0 != u32::MAX, "the last space is reserved");
    KeyBytes::from_slice(&space.0.to_be_bytes())
}

fn hash_prefix(space: Space, kind: Kind, hash: u64) -> KeyBytes {
    let mut bytes = space_prefix(space);
    bytes.push(kind.0);
    bytes.extend_from_slice(&hash.to_be_bytes());
    bytes
}

fn partition_prefix(space: Space, kind: Kind, hash: u64, partition: &[u8]) -> KeyBytes {
    let length = u16::try_from(partition.len()).expect("a partition key is at most 65,535 bytes");
    let mut bytes = hash_prefix(space, kind, hash);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(partition);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: Space = Space(7);
    const KIND: Kind = Kind(1);

    #[test]
    fn bytes_are_the_documented_ones() {
        let key = RowKey::new(Space(0x0102_0304), Kind(5), 0x0607_0809_0A0B_0C0D, b"pk", b"sort");
        let golden = b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x00\x02pksort";
        assert_eq!(key.as_bytes(), golden);
    }

    #[test]
    fn parts_are_read_back() {
        let key = RowKey::new(Space(9), Kind(3), 77, b"partition", b"sort");
        let key = RowKeyRef::parse(key.as_bytes()).unwrap();
        assert_eq!((key.space(), key.kind(), key.hash()), (Space(9), Kind(3), 77));
        assert_eq!((key.partition(), key.sort()), (&b"partition"[..], &b"sort"[..]));
        assert_eq!(key.to_key().borrowed(), key);
    }

    #[test]
    fn short_bytes_are_no_key() {
        let key = RowKey::new(Space(9), Kind(3), 77, b"partition", b"");
        for length in 0..key.as_bytes().len() {
            assert_eq!(RowKeyRef::parse(&key.as_bytes()[..length]), None);
        }
    }

    #[test]
    fn a_prefix_ends_behind_everything_that_begins_with_it() {
        assert_eq!(prefix_end(b"ab"), b"ac");
        assert_eq!(prefix_end(b"a\xFF\xFF"), b"b");
        assert_eq!(prefix_end(b"\xFF"), b"");
        assert_eq!(prefix_end(b""), b"");
    }

    #[test]
    fn the_last_hash_of_the_last_kind_ends_where_the_next_space_begins() {
        let whole = RowRange::Hashes {
            space: SPACE,
            kind: Kind(0xFF),
            first: 0,
            last: u64::MAX,
            after: None,
        };
        assert_eq!(whole.bounds(Direction::Forward).end, 8u32.to_be_bytes());
    }

    #[test]
    fn sort_bounds_include_and_exclude() {
        let bounds = |lower, upper| {
            let partition = b"p".to_vec();
            RowRange::Sorts { space: SPACE, kind: KIND, hash: 1, partition, lower, upper }
                .bounds(Direction::Forward)
        };
        let key = |sort: &[u8]| RowKey::new(SPACE, KIND, 1, b"p", sort).as_bytes().to_vec();
        let b = || b"b".to_vec();

        let within = bounds(Bound::Included(b()), Bound::Excluded(b()));
        assert!(within.is_empty());
        let within = bounds(Bound::Included(b()), Bound::Included(b()));
        assert!(within.start <= key(b"b") && key(b"b") < within.end && within.end <= key(b"ba"));
        let within = bounds(Bound::Excluded(b()), Bound::Unbounded);
        assert!(key(b"b") < within.start && within.start <= key(b"b\0"));
        assert!(within.end > key(&[0xFF; 100]));
        let within = bounds(Bound::Unbounded, Bound::Unbounded);
        assert!(within.start <= key(b""));
    }

    #[test]
    fn reading_goes_on_behind_a_row_in_either_direction() {
        let middle = RowKey::new(SPACE, KIND, 5, b"p", b"s");
        let range = |after| RowRange::Hashes { space: SPACE, kind: KIND, first: 2, last: 8, after };
        let whole = range(None).bounds(Direction::Forward);
        let forward = range(Some(middle.clone())).bounds(Direction::Forward);
        assert!(forward.start > middle.as_bytes().to_vec() && forward.end == whole.end);
        let backward = range(Some(middle.clone())).bounds(Direction::Backward);
        assert!(backward.start == whole.start && backward.end == middle.as_bytes());

        let outside = RowKey::new(SPACE, KIND, 1, b"p", b"s");
        assert_eq!(range(Some(outside.clone())).bounds(Direction::Forward), whole);
        assert!(range(Some(outside)).bounds(Direction::Backward).is_empty());
    }
}
