//! Row names, their one contiguous order, and ranges of them.

use std::ops::Bound;

use smallvec::SmallVec;

/// A key space: one table's or one global index's rows. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Space(pub u32);

/// What a row is, within its space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u8);

/// The name of a row. Its bytes are `space u32 | kind u8 | hash u64 | partition length u16 |
/// partition | sort`, integers big-endian: comparing bytes is comparing rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    bytes: SmallVec<[u8; 64]>,
}

/// A row as a range shows it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Bytes of its [`RowKey`].
    pub key: &'a [u8],
    /// Its value.
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
        /// Only rows behind this one in the direction of reading.
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
        /// Where it begins.
        lower: Bound<Vec<u8>>,
        /// Where it ends.
        upper: Bound<Vec<u8>>,
    },
    /// Every row of a space, of all kinds: for `delete_range`.
    Space(Space),
}

impl RowKey {
    /// Names a row. `partition` is at most 65,535 bytes.
    pub fn new(space: Space, kind: Kind, hash: u64, partition: &[u8], sort: &[u8]) -> Self {
        todo!()
    }

    /// The contiguous form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}
