//! Extents: what finds the rows of some sixty blocks.

use std::ops::Range;

use bytes::{Buf as _, BufMut as _, Bytes};

use crate::block::{Block, BlockWriter};
use crate::filter;

/// A filter of the keys of some blocks, and an index of these.
#[derive(Debug)]
pub(crate) struct Extent {
    filter: Bytes,
    /// The blocks, by the last key of each.
    pub(crate) index: Block,
}

/// Where a sealed piece lies in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: u64,
    pub(crate) length: u32,
}

const PLACE_BYTES: usize = 12;

impl Extent {
    /// Takes an extent apart; `None` when it is none.
    pub(crate) fn parse(mut piece: Bytes) -> Option<Self> {
        let length = usize::try_from(piece.try_get_u32().ok()?).ok()?;
        if piece.len() < length || length == 0 {
            return None;
        }
        let filter = piece.split_to(length);
        Some(Self { filter, index: Block::parse(piece).filter(is_index)? })
    }

    /// Appends an extent to `out`: of the blocks in `index`, with keys of these fingerprints.
    pub(crate) fn write(out: &mut Vec<u8>, fingerprints: &[u64], index: &mut BlockWriter) {
        let filter = filter::build(fingerprints);
        out.put_u32(u32::try_from(filter.len()).expect("a filter has some bits per row"));
        out.extend_from_slice(&filter);
        index.finish(out);
    }

    /// Whether one of the keys, or of their groups, may have this fingerprint.
    pub(crate) fn may_contain(&self, fingerprint: u64) -> bool {
        filter::may_contain(&self.filter, fingerprint)
    }

    /// The memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.filter.len() + self.index.bytes()
    }
}

impl Place {
    /// What an index says of its piece of that number. Indexes are checked when they are read.
    pub(crate) fn in_index(index: &Block, at: usize) -> Self {
        let place = index.value_ref(at).and_then(Self::decode);
        place.expect("an index has a place in each of its rows")
    }

    /// The bytes of the file that it has.
    pub(crate) fn bytes(self) -> Range<u64> {
        self.at..self.at.saturating_add(u64::from(self.length))
    }

    pub(crate) fn encode(self) -> [u8; PLACE_BYTES] {
        let mut bytes = [0; PLACE_BYTES];
        bytes[..8].copy_from_slice(&self.at.to_be_bytes());
        bytes[8..].copy_from_slice(&self.length.to_be_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; PLACE_BYTES] = bytes.try_into().ok()?;
        let (at, length) = bytes.split_first_chunk()?;
        let length = length.try_into().ok()?;
        Some(Self { at: u64::from_be_bytes(*at), length: u32::from_be_bytes(length) })
    }
}

/// Whether each row of an index is the place of a piece.
pub(crate) fn is_index(block: &Block) -> bool {
    (0..block.count()).all(|at| block.value_ref(at).and_then(Place::decode).is_some())
}
