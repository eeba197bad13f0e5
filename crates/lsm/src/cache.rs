//! Blocks that were read, kept in memory: data, and what finds data.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::block::Block;
use crate::extent::Extent;

/// Where a piece of a table begins: the table's number, and the place in its file.
pub(crate) type PieceName = (u64, u64);

/// What a place in a table holds.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Rows(Arc<Block>),
    Extent(Arc<Extent>),
}

/// The pieces in memory, up to a size.
pub(crate) struct PieceCache {
    pieces: Cache<PieceName, Piece, PieceWeighter>,
    /// How often a block of rows was asked for.
    #[cfg(test)]
    pub(crate) blocks_asked: std::sync::atomic::AtomicU64,
}

#[derive(Debug, Clone)]
struct PieceWeighter;

/// What an entry takes besides its bytes.
const ENTRY_BYTES: usize = 96;
/// What a piece takes, for the cache's own sizes.
const PIECE_BYTES: u64 = 4096;

impl Weighter<PieceName, Piece> for PieceWeighter {
    fn weight(&self, _: &PieceName, piece: &Piece) -> u64 {
        let bytes = match piece {
            Piece::Rows(block) => block.bytes(),
            Piece::Extent(extent) => extent.bytes(),
        };
        (bytes + ENTRY_BYTES) as u64
    }
}

impl PieceCache {
    pub(crate) fn new(bytes: u64) -> Self {
        let pieces = usize::try_from(bytes / PIECE_BYTES).unwrap_or(usize::MAX).max(16);
        Self {
            pieces: Cache::with_weighter(pieces, bytes, PieceWeighter),
            #[cfg(test)]
            blocks_asked: Default::default(),
        }
    }

    pub(crate) fn get(&self, name: PieceName) -> Option<Piece> {
        self.pieces.get(&name)
    }

    pub(crate) fn put(&self, name: PieceName, piece: Piece) {
        self.pieces.insert(name, piece);
    }
}
