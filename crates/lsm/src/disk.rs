//! Files that are read in pieces, which the system holds in memory or not.
//!
//! ```text
//! read ──► is it in memory? ──yes──► a microsecond
//!                │ no
//!                └──► wait: the thread is relieved of other tasks ──► the disk, a hundred of them
//! ```
//! What the reader will want next it says itself, as it knows whether a get or a merge goes on. The
//! system is told not to guess: it would read 64 KiB where a Query wants the next block.

use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Runs what waits for the disk.
pub type Wait = fn(&mut dyn FnMut());

/// A file that is read.
pub(crate) struct DiskFile {
    file: File,
    wait: Wait,
}

impl DiskFile {
    pub(crate) fn open(path: &Path, wait: Wait) -> io::Result<Self> {
        let file = File::open(path)?;
        system::expect_no_order(&file);
        Ok(Self { file, wait })
    }

    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// Fills `piece` from the byte `at` on. When that takes the disk, all of `reach` is asked of it,
    /// which has the piece and what its reader probably wants next.
    pub(crate) fn read_exact_at(
        &self,
        piece: &mut [u8],
        at: u64,
        reach: &Range<u64>,
    ) -> io::Result<()> {
        let there = system::read_what_is_there(&self.file, piece, at)?;
        if there == piece.len() {
            return Ok(());
        }
        let mut read = Ok(());
        (self.wait)(&mut || {
            system::ask_for(&self.file, reach);
            read = self.file.read_exact_at(&mut piece[there..], at + there as u64);
        });
        read
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;
    use std::io::{self, IoSliceMut};
    use std::num::NonZeroU64;
    use std::ops::Range;

    use rustix::fs::{Advice, fadvise};
    use rustix::io::{Errno, ReadWriteFlags, preadv2};

    // Advice that is not taken costs time alone: its failures are nobody's.

    pub(super) fn expect_no_order(file: &File) {
        let _advised = fadvise(file, 0, None, Advice::Random);
    }

    pub(super) fn ask_for(file: &File, reach: &Range<u64>) {
        let length = NonZeroU64::new(reach.end.saturating_sub(reach.start));
        let _advised = fadvise(file, reach.start, length, Advice::WillNeed);
    }

    /// How many bytes were in memory, which are in `piece` now.
    pub(super) fn read_what_is_there(file: &File, piece: &mut [u8], at: u64) -> io::Result<usize> {
        match preadv2(file, &mut [IoSliceMut::new(piece)], at, ReadWriteFlags::NOWAIT) {
            // Not there, or a file system that does not tell.
            Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => Ok(0),
            read => Ok(read?),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::fs::File;
    use std::io;
    use std::ops::Range;

    pub(super) fn expect_no_order(_: &File) {}

    pub(super) fn ask_for(_: &File, _: &Range<u64>) {}

    pub(super) fn read_what_is_there(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_read_whole_or_the_error_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let bytes: Vec<u8> = (0..20_000_u32).map(|at| (at % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let file = DiskFile::open(&path, |run| run()).unwrap();
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
