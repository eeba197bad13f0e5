//! Blocks: some rows in the order of their keys, in one run of bytes that is sealed and read whole.
//!
//! ```text
//! block   = width u8, count u16, prefix length u16, prefix, offset{count}, row{count}
//! offset  = where its row begins behind the last offset; width bytes
//! row     = suffix length u16, version u64, suffix, value
//! version = commit · 2, and 1 more when the commit removed the row, which has no value then
//! ```
//! Integers are big-endian. A row's key is the prefix, which all of the block share, and its suffix;
//! its value ends where the next row begins. So a key is found by halving, without reading the rows
//! before it, and a value is a part of the block, not a copy. A block that was opened is held
//! against all this once, when it is parsed; afterwards its rows are taken out without a check.

use std::cmp::Ordering;
use std::ops::Range;

use bytes::{BufMut, Bytes};

const HEAD_BYTES: usize = 5;
const ROW_HEAD_BYTES: usize = 10;
const NARROW: usize = 2;
const WIDE: usize = 4;

/// Number of a commit: later ones have greater numbers.
pub(crate) type Commit = u64;

/// Rows that were parsed.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    bytes: Bytes,
    prefix: Range<usize>,
    width: usize,
    count: usize,
    rows_at: usize,
}

/// Collects the rows of one block, in the order of their keys.
#[derive(Debug, Default)]
pub(crate) struct BlockWriter {
    /// Keys and values, one behind the other.
    bytes: Vec<u8>,
    rows: Vec<Written>,
}

#[derive(Debug)]
struct Written {
    key_at: usize,
    value_at: usize,
    end: usize,
    version: u64,
}

impl Block {
    /// Takes a block apart; `None` when it is none.
    pub(crate) fn parse(bytes: Bytes) -> Option<Self> {
        let head: &[u8; HEAD_BYTES] = bytes.first_chunk()?;
        let width = usize::from(head[0]);
        let count = usize::from(u16::from_be_bytes([head[1], head[2]]));
        let prefix_bytes = usize::from(u16::from_be_bytes([head[3], head[4]]));
        let prefix = HEAD_BYTES..HEAD_BYTES + prefix_bytes;
        let rows_at = prefix.end + count * width;
        if !matches!(width, NARROW | WIDE) || count == 0 || rows_at > bytes.len() {
            return None;
        }
        let block = Self { bytes, prefix, width, count, rows_at };
        let mut least = 0;
        for index in 0..count {
            let row = block.offset(index)..block.offset(index + 1);
            let is_whole = row.start == least && row.end >= row.start + ROW_HEAD_BYTES;
            if !is_whole || rows_at + row.end > block.bytes.len() {
                return None;
            }
            let head = &block.bytes[rows_at + row.start..rows_at + row.end];
            let suffix_bytes = usize::from(u16::from_be_bytes([head[0], head[1]]));
            if row.start + ROW_HEAD_BYTES + suffix_bytes > row.end {
                return None;
            }
            least = row.end;
        }
        Some(block)
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len() + size_of::<Self>()
    }

    /// What the keys of all rows begin with.
    pub(crate) fn prefix(&self) -> &[u8] {
        &self.bytes[self.prefix.clone()]
    }

    /// The rest of a row's key.
    pub(crate) fn suffix(&self, index: usize) -> &[u8] {
        let at = self.rows_at + self.offset(index);
        let suffix_bytes = usize::from(u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]]));
        &self.bytes[at + ROW_HEAD_BYTES..at + ROW_HEAD_BYTES + suffix_bytes]
    }

    /// The commit that wrote the row, and whether it removed it.
    pub(crate) fn version(&self, index: usize) -> (Commit, bool) {
        let at = self.rows_at + self.offset(index) + 2;
        let version = u64::from_be_bytes(*self.bytes[at..].first_chunk().expect("it was parsed"));
        (version >> 1, version & 1 == 1)
    }

    /// The row's value, which shares the block's memory; `None` when the row was removed.
    pub(crate) fn value(&self, index: usize) -> Option<Bytes> {
        self.value_range(index).map(|range| self.bytes.slice(range))
    }

    /// The same, borrowed.
    pub(crate) fn value_ref(&self, index: usize) -> Option<&[u8]> {
        self.value_range(index).map(|range| &self.bytes[range])
    }

    fn value_range(&self, index: usize) -> Option<Range<usize>> {
        let (_, is_removed) = self.version(index);
        let start = self.rows_at + self.offset(index) + ROW_HEAD_BYTES + self.suffix(index).len();
        (!is_removed).then(|| start..self.rows_at + self.offset(index + 1))
    }

    /// The first row whose key is not below `key`; [`Block::count`] when all are.
    pub(crate) fn seek(&self, key: &[u8]) -> usize {
        let prefix = self.prefix();
        let shared = prefix.len().min(key.len());
        match prefix[..shared].cmp(&key[..shared]) {
            Ordering::Less => return self.count,
            Ordering::Greater => return 0,
            Ordering::Equal if key.len() < prefix.len() => return 0,
            Ordering::Equal => {}
        }
        let rest = &key[prefix.len()..];
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            match self.suffix(middle) < rest {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }

    /// The row with that key.
    pub(crate) fn find(&self, key: &[u8]) -> Option<usize> {
        let index = self.seek(key);
        (index < self.count && self.is_key(index, key)).then_some(index)
    }

    fn is_key(&self, index: usize, key: &[u8]) -> bool {
        key.strip_prefix(self.prefix()) == Some(self.suffix(index))
    }

    /// Where the row begins; for the one behind the last, where that ends.
    fn offset(&self, index: usize) -> usize {
        if index == self.count {
            return self.bytes.len() - self.rows_at;
        }
        let at = self.prefix.end + index * self.width;
        self.bytes[at..at + self.width]
            .iter()
            .fold(0, |offset, byte| offset << 8 | usize::from(*byte))
    }
}

impl BlockWriter {
    pub(crate) fn add(&mut self, key: &[u8], commit: Commit, value: Option<&[u8]>) {
        debug_assert!(self.last_key().is_none_or(|last| last < key), "keys rise");
        let key_at = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let value_at = self.bytes.len();
        self.bytes.extend_from_slice(value.unwrap_or_default());
        let version = commit << 1 | u64::from(value.is_none());
        self.rows.push(Written { key_at, value_at, end: self.bytes.len(), version });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Roughly the size of the block as it stands.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len() + self.rows.len() * (ROW_HEAD_BYTES + NARROW)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() == usize::from(u16::MAX)
    }

    pub(crate) fn last_key(&self) -> Option<&[u8]> {
        self.rows.last().map(|row| &self.bytes[row.key_at..row.value_at])
    }

    /// Appends the block to `out`, and begins the next one.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let (first, last) = (&self.rows[0], &self.rows[self.rows.len() - 1]);
        let first_key = &self.bytes[first.key_at..first.value_at];
        let last_key = &self.bytes[last.key_at..last.value_at];
        let shared = first_key.iter().zip(last_key).take_while(|(a, b)| a == b).count();
        let width = match self.bytes() > usize::from(u16::MAX) {
            true => WIDE,
            false => NARROW,
        };
        out.put_u8(u8::try_from(width).expect("two or four"));
        out.put_u16(u16::try_from(self.rows.len()).expect("a full block takes no more"));
        out.put_u16(u16::try_from(shared).expect("keys are shorter"));
        out.extend_from_slice(&first_key[..shared]);
        let mut offset = 0_usize;
        for row in &self.rows {
            let wide = u32::try_from(offset).expect("a block is smaller").to_be_bytes();
            out.extend_from_slice(&wide[WIDE - width..]);
            offset += ROW_HEAD_BYTES + (row.end - row.key_at) - shared;
        }
        for row in &self.rows {
            let suffix = &self.bytes[row.key_at + shared..row.value_at];
            out.put_u16(u16::try_from(suffix.len()).expect("keys are shorter"));
            out.put_u64(row.version);
            out.extend_from_slice(suffix);
            out.extend_from_slice(&self.bytes[row.value_at..row.end]);
        }
        self.bytes.clear();
        self.rows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(rows: &[(&str, u64, Option<&str>)]) -> Block {
        let mut writer = BlockWriter::default();
        for (key, commit, value) in rows {
            writer.add(key.as_bytes(), *commit, value.map(str::as_bytes));
        }
        let mut bytes = Vec::new();
        writer.finish(&mut bytes);
        assert!(writer.is_empty());
        Block::parse(bytes.into()).unwrap()
    }

    #[test]
    fn rows_are_found_by_their_keys() {
        let block = block(&[("row-a", 7, Some("1")), ("row-c", 9, None), ("row-cc", 8, Some(""))]);
        assert_eq!(block.prefix(), b"row-");
        let at = |key: &str| block.seek(key.as_bytes());
        assert_eq!(
            ["", "row", "row-a", "row-b", "row-c", "row-cb", "row-d", "s"].map(at),
            [0, 0, 0, 1, 1, 2, 3, 3]
        );
        let value = |key: &str| block.find(key.as_bytes()).map(|at| block.value(at));
        assert_eq!(value("row-a"), Some(Some("1".into())));
        assert_eq!(value("row-c"), Some(None));
        assert_eq!(value("row-cc"), Some(Some("".into())));
        assert_eq!(["row-", "row-b", "row-ccc", "x"].map(value), [None, None, None, None]);
        assert_eq!([0, 1, 2].map(|at| block.version(at)), [(7, false), (9, true), (8, false)]);
    }

    #[test]
    fn a_key_that_all_others_begin_with_is_found() {
        let block = block(&[("a", 1, Some("x")), ("ab", 1, Some("y"))]);
        assert_eq!(block.prefix(), b"a");
        assert_eq!(
            (block.find(b"a"), block.find(b"ab"), block.find(b"")),
            (Some(0), Some(1), None)
        );
    }

    #[test]
    fn long_values_have_wide_offsets() {
        let long = "v".repeat(70_000);
        let block = block(&[("a", 1, Some(&long)), ("b", 1, Some(&long)), ("c", 1, Some("z"))]);
        assert_eq!(block.value(2).unwrap(), "z");
        assert_eq!(block.value_ref(1).unwrap(), long.as_bytes());
    }

    #[test]
    fn what_is_no_block_is_refused() {
        let mut writer = BlockWriter::default();
        writer.add(b"key", 1, Some(b"value"));
        writer.add(b"kez", 1, Some(b"value"));
        let mut bytes = Vec::new();
        writer.finish(&mut bytes);
        for length in 0..bytes.len() - b"value".len() {
            assert!(Block::parse(bytes[..length].to_vec().into()).is_none(), "{length} bytes");
        }
        for at in 0..HEAD_BYTES {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            assert!(Block::parse(changed.into()).is_none(), "a change at {at}");
        }
    }
}
