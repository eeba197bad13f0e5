//! Files that are read in pieces, which the system holds in memory or not.
//!
//! ```text
//! read ──► is it in memory? ──yes──► a microsecond
//!                │ no
//!                └──► wait: the thread is relieved of other tasks ──► the disk, a hundred of them
//! ```
//! What the reader will want next it says itself, as it knows whether a get or a merge goes on. The
//! system is told not to guess: it would read 64 KiB where a Query wants the next block.

use std::io;
use std::ops::Range;
use std::path::Path;

use crate::files::{Access, Files, OpenFile};

/// Runs what waits for the disk.
pub type Wait = fn(&mut dyn FnMut());

/// A file that is read.
pub(crate) struct DiskFile {
    file: Box<dyn OpenFile>,
    wait: Wait,
}

impl DiskFile {
    pub(crate) fn open(files: &dyn Files, path: &Path, wait: Wait) -> io::Result<Self> {
        Ok(Self { file: files.open(path, Access::Read)?, wait })
    }

    /// The file's size, in bytes.
    pub(crate) fn bytes(&self) -> io::Result<u64> {
        self.file.bytes()
    }

    /// Fills `piece` from the byte `at` on. When that takes the disk, all of `reach` is asked of it,
    /// which has the piece and what its reader probably wants next.
    pub(crate) fn read_exact_at(
        &self,
        piece: &mut [u8],
        at: u64,
        reach: &Range<u64>,
    ) -> io::Result<()> {
        let there = self.file.read_what_is_there(piece, at)?;
        if there == piece.len() {
            return Ok(());
        }
        let mut read = Ok(());
        (self.wait)(&mut || {
            read = self.file.read_at(&mut piece[there..], at + there as u64, reach);
        });
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::SystemFiles;

    #[test]
    fn a_piece_is_read_whole_or_the_error_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let bytes: Vec<u8> = (0..20_000_u32).map(|at| (at % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let file = DiskFile::open(&SystemFiles, &path, |run| run()).unwrap();
        for (at, length) in [(0, 20_000), (4_095, 2), (19_999, 1), (8_192, 4_096), (7, 0)] {
            let mut piece = vec![0; length];
            // What is asked for besides may end behind the file.
            file.read_exact_at(&mut piece, at as u64, &(0..1 << 20)).unwrap();
            assert_eq!(piece, bytes[at..at + length], "{length} bytes at {at}");
        }
        let behind = file.read_exact_at(&mut [0; 2], 19_999, &(0..1)).unwrap_err();
        assert_eq!(behind.kind(), io::ErrorKind::UnexpectedEof);
    }
}
