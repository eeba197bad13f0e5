//! Files: all that a tree asks of the system below it.
//!
//! What it is: the seam between a tree and its disk. [`SystemFiles`] are the real ones, and what a
//! tree has unless [`TreeOptions`](crate::TreeOptions) say otherwise; a simulator brings others, which
//! lose what was not synced.
//!
//! What it is not: it knows no format, and decides nothing.

mod system;

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub use system::SystemFiles;

/// A file system, as far as a tree needs one.
pub trait Files: fmt::Debug + Send + Sync {
    /// A file without bytes, to be written; what had its name is gone.
    ///
    /// # Errors
    /// Those of the system, here and in all that follows.
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;

    /// A file that is there.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn OpenFile>>;

    /// All bytes of a file.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Gives a file another name, in one step; what had that name is gone.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file's name, and the file once nobody has it open.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The files in a directory, in any order.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;

    /// Makes the names in a directory durable.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn sync_directory(&self, dir: &Path) -> io::Result<()>;

    /// Fills `bytes` with what nobody can guess, for the key of a new file.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()>;
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Pieces of it are read, here and there.
    Read,
    /// It is written over, or made shorter.
    Write,
}

/// A file that is open.
pub trait OpenFile: Send + Sync {
    /// The file's size, in bytes.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn bytes(&self) -> io::Result<u64>;

    /// Fills `piece` from the byte `at` on, as far as that takes no wait for the disk. Answers how
    /// many bytes came.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn read_what_is_there(&self, piece: &mut [u8], at: u64) -> io::Result<usize>;

    /// Fills all of `piece` from the byte `at` on. All of `reach` is asked of the disk, which has what
    /// the reader probably wants next.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] when the file ends before.
    fn read_at(&self, piece: &mut [u8], at: u64, reach: &Range<u64>) -> io::Result<()>;

    /// Writes all of `bytes`, from the byte `at` on.
    ///
    /// # Errors
    /// See [`Files::create`]; some of the bytes may be written then.
    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()>;

    /// Has the file be so long: shorter, or with zeros at its end.
    ///
    /// # Errors
    /// See [`Files::create`].
    fn set_bytes(&self, bytes: u64) -> io::Result<()>;

    /// Has room for so many bytes from `at` on, which makes the file longer, by zeros.
    ///
    /// # Errors
    /// Where the system cannot reserve any, too.
    fn reserve(&self, at: u64, bytes: u64) -> io::Result<()>;

    /// Makes the bytes durable that were written, and the size if they need it.
    ///
    /// # Errors
    /// See [`Files::create`]; nobody knows what of it is durable then.
    fn sync_data(&self) -> io::Result<()>;

    /// Makes everything durable that is known of the file, but for its name.
    ///
    /// # Errors
    /// See [`OpenFile::sync_data`].
    fn sync_all(&self) -> io::Result<()>;
}
