//! The files of the system.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;

use super::{Access, Files, OpenFile};

/// The files of the system.
#[derive(Debug, Clone, Copy)]
pub struct SystemFiles;

impl Files for SystemFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(File::create(path)?))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(match access {
            Access::Read => {
                let file = File::open(path)?;
                advice::expect_no_order(&file);
                file
            }
            Access::Write => File::options().write(true).open(path)?,
        }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect()
    }

    fn sync_directory(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes).map_err(io::Error::other)
    }
}

/// The file becomes longer by what is reserved.
const RESERVE: FallocateFlags = FallocateFlags::empty();

impl OpenFile for File {
    fn bytes(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_what_is_there(&self, piece: &mut [u8], at: u64) -> io::Result<usize> {
        advice::read_what_is_there(self, piece, at)
    }

    fn read_at(&self, piece: &mut [u8], at: u64, reach: &Range<u64>) -> io::Result<()> {
        advice::ask_for(self, reach);
        self.read_exact_at(piece, at)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }

    fn set_bytes(&self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }

    fn reserve(&self, at: u64, bytes: u64) -> io::Result<()> {
        Ok(rustix::fs::fallocate(self, RESERVE, at, bytes)?)
    }

    fn sync_data(&self) -> io::Result<()> {
        Self::sync_data(self)
    }

    fn sync_all(&self) -> io::Result<()> {
        Self::sync_all(self)
    }
}

#[cfg(target_os = "linux")]
mod advice {
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
mod advice {
    use std::fs::File;
    use std::io;
    use std::ops::Range;

    pub(super) fn expect_no_order(_: &File) {}

    pub(super) fn ask_for(_: &File, _: &Range<u64>) {}

    pub(super) fn read_what_is_there(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
        Ok(0)
    }
}
