//! Development only: which bytes a power cut would have left.
//!
//! What it is: a [`Shadow`] directory beside a live one. A process under test runs with the shared
//! library of `examples/preload`, which tells the shadow what the process does to the live
//! directory; the shadow keeps exactly what the process was promised to find again. After a kill,
//! [`Shadow::survivors`] is the directory as a machine without power would have kept it.
//!
//! # What survives
//! The harshest reading of POSIX, which no common file system goes below:
//! - a file's bytes and length: as of its last fsync or fdatasync, by inode, whatever its name;
//! - a name (created, renamed, linked or removed): as of the last fsync of its folder. A file that
//!   was synced in a folder that was not is lost; a removed file comes back. ext4, XFS and btrfs
//!   keep more than that, so what passes here passes there.
//!
//! What it is not: it tears nothing inside a sync that returned, and it does not see writes through
//! memory maps or `copy_file_range`, which are therefore lost: harsher again, never kinder. It
//! watches one process: what a second one writes is lost too.
//!
//! # Layout
//! `files/<inode>` holds durable bytes; `folders/<inode>/` the durable names of a folder, hard links
//! into `files` and symbolic links to other folders; `root` leads to the root's. Every step is one
//! rename or one write, so a kill in the midst of a sync leaves what a cut in its midst would.

mod unsynced;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};

use unsynced::Unsynced;

/// Bytes copied at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// The directory of what would survive.
#[derive(Debug)]
pub struct Shadow {
    at: PathBuf,
    files: HashMap<u64, Unsynced>,
}

impl Shadow {
    /// Makes the shadow at `at`, a folder that does not exist yet: all that lies below `root` now
    /// counts as durable.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn seed(root: &Path, at: &Path) -> io::Result<()> {
        fs::create_dir_all(at.join("files"))?;
        fs::create_dir_all(at.join("folders"))?;
        let shadow = Self::open(at);
        shadow.seed_folder(root)?;
        symlink(Path::new("folders").join(inode(root)?.to_string()), at.join("root"))
    }

    /// Continues the shadow at `at`.
    pub fn open(at: &Path) -> Self {
        Self { at: at.to_path_buf(), files: HashMap::new() }
    }

    /// Copies what survives to `to`, which does not exist yet.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn survivors(at: &Path, to: &Path) -> io::Result<()> {
        copy_folder(&at.join("root"), to)
    }

    /// A file came into being, perhaps with the inode of one that is gone.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn file_created(&mut self, inode: u64) -> io::Result<()> {
        self.files.insert(inode, Unsynced::default());
        let fresh = self.at.join("fresh");
        File::create(&fresh)?;
        fs::rename(fresh, self.file(inode))
    }

    /// A file was opened for writing: its writes are of interest.
    pub fn file_opened(&mut self, inode: u64) {
        self.files.entry(inode).or_default();
    }

    /// A folder came into being, perhaps with the inode of one that is gone.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn folder_created(&mut self, inode: u64) -> io::Result<()> {
        let folder = self.folder(inode);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::create_dir(folder),
        }
    }

    /// Bytes were written, not yet synced.
    pub fn wrote(&mut self, inode: u64, range: Range<u64>) {
        if let Some(file) = self.files.get_mut(&inode) {
            file.wrote(range);
        }
    }

    /// The length was set, not yet synced.
    pub fn resized(&mut self, inode: u64, len: u64) {
        if let Some(file) = self.files.get_mut(&inode) {
            file.resized(len);
        }
    }

    /// The file with this inode, readable at `live`, was synced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn file_synced(&mut self, inode: u64, live: &Path) -> io::Result<()> {
        let Some(file) = self.files.get_mut(&inode) else { return Ok(()) };
        let unsynced = std::mem::take(file);
        let from = File::open(live)?;
        let to =
            OpenOptions::new().write(true).create(true).truncate(false).open(self.file(inode))?;
        if let Some(len) = unsynced.shortest() {
            to.set_len(len)?;
        }
        let len = from.metadata()?.len();
        to.set_len(len)?;
        for range in unsynced.ranges() {
            copy_range(&from, &to, range.start..range.end.min(len))?;
        }
        Ok(())
    }

    /// The folder with this inode, readable at `live`, was synced: its names are durable.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn folder_synced(&mut self, inode: u64, live: &Path) -> io::Result<()> {
        let durable = self.folder(inode);
        fs::create_dir_all(&durable)?;
        for entry in fs::read_dir(live)? {
            let entry = entry?;
            self.keep_name(&durable, entry.file_name(), &entry.metadata()?)?;
        }
        for entry in fs::read_dir(&durable)? {
            let name = entry?.file_name();
            if !live.join(&name).exists() {
                fs::remove_file(durable.join(name))?;
            }
        }
        Ok(())
    }

    /// Makes `name` in the durable folder lead to what it leads to alive, in one rename.
    fn keep_name(&self, durable: &Path, name: OsString, live: &fs::Metadata) -> io::Result<()> {
        let new = self.at.join("new");
        if live.is_dir() {
            fs::create_dir_all(self.folder(live.ino()))?;
            symlink(Path::new("..").join(live.ino().to_string()), &new)?;
        } else {
            let bytes = self.file(live.ino());
            if !bytes.exists() {
                File::create(&bytes)?;
            }
            fs::hard_link(bytes, &new)?;
        }
        fs::rename(&new, durable.join(name))?;
        // Renaming one hard link of a file over another does nothing, and leaves both.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn seed_folder(&self, live: &Path) -> io::Result<()> {
        let durable = self.folder(inode(live)?);
        fs::create_dir(&durable)?;
        for entry in fs::read_dir(live)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                self.seed_folder(&entry.path())?;
            } else {
                fs::copy(entry.path(), self.file(metadata.ino()))?;
            }
            self.keep_name(&durable, entry.file_name(), &metadata)?;
        }
        Ok(())
    }

    fn file(&self, inode: u64) -> PathBuf {
        self.at.join("files").join(inode.to_string())
    }

    fn folder(&self, inode: u64) -> PathBuf {
        self.at.join("folders").join(inode.to_string())
    }
}

fn inode(path: &Path) -> io::Result<u64> {
    Ok(fs::metadata(path)?.ino())
}

fn copy_range(from: &File, to: &File, range: Range<u64>) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut at = range.start;
    while at < range.end {
        let wanted = usize::try_from(range.end - at).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let read = from.read_at(&mut buffer[..wanted], at)?;
        if read == 0 {
            break;
        }
        to.write_all_at(&buffer[..read], at)?;
        at += read as u64;
    }
    Ok(())
}

/// Copies a folder, following links; a hard link becomes a file of its own.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
