//! A disk in memory, which fails when it is told to and forgets what was not synced.
//!
//! What it is: [`lsm::Files`]. A file has the bytes that readers see, those that are durable, and the
//! writes in between; a name is durable once its directory was synced.
//!
//! What a loss of power leaves of a file: what was durable, and of each later write, sector by sector,
//! all, nothing, or some; lengths may have come without their bytes, which are zero then. Of the names
//! it leaves the durable ones and the first few changes behind them, as a journal does. A sync that
//! fails makes nothing durable, nor does a later one what was written before (Linux, since 2018: the
//! pages are clean then).
//!
//! What it is not: it changes no byte that was durable.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsm::{Access, Files, OpenFile};
use parking_lot::Mutex;

use crate::dice::Dice;

mod file;

use file::File;

/// What a disk writes at once.
const SECTOR_BYTES: usize = 512;

/// The disk. Clones are the same.
#[derive(Debug, Clone)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    dice: Dice,
    files: Vec<File>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    /// Changes of names since the directory was synced.
    unsynced_names: Vec<NameChange>,
    faults: Faults,
    /// How often power was lost: what was open before is not there any more.
    lives: u64,
}

#[derive(Debug, Clone)]
enum NameChange {
    Named(PathBuf, usize),
    Renamed(PathBuf, PathBuf),
    Removed(PathBuf),
}

/// What is wrong with the disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// So many changes are carried out, and then power is lost in the midst of the next.
    pub power_after: Option<u64>,
    /// So many of the next changes fail.
    pub failing: u64,
    /// No byte finds a place.
    pub is_full: bool,
    is_out: bool,
}

/// Something that changes what the disk has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It takes room.
    Taking,
    Other,
}

impl Disk {
    /// An empty disk.
    pub fn new(dice: Dice) -> Self {
        Self(Arc::new(Mutex::new(State {
            dice,
            files: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced_names: Vec::new(),
            faults: Faults::default(),
            lives: 0,
        })))
    }

    /// Changes what is wrong with it.
    pub fn trouble(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.0.lock().faults);
    }

    /// Whether power is lost.
    pub fn is_out(&self) -> bool {
        self.0.lock().faults.is_out
    }

    /// Ends the process that used it: nothing is lost, and nothing is wrong any more.
    pub fn restart(&self) {
        let mut state = self.0.lock();
        state.faults = Faults::default();
        state.lives += 1;
    }

    /// Brings power back, after what was not synced is lost.
    pub fn lose_power(&self) {
        let state = &mut *self.0.lock();
        for file in state.files.iter_mut().filter(|file| !file.is_gone()) {
            file.lose_power(&mut state.dice);
        }
        let kept = state.dice.place(state.unsynced_names.len() + 1);
        let mut names = std::mem::take(&mut state.durable_names);
        for change in state.unsynced_names.drain(..).take(kept) {
            change.apply(&mut names);
        }
        for (place, file) in state.files.iter_mut().enumerate() {
            if !names.values().any(|named| *named == place) {
                file.go();
            }
        }
        state.durable_names.clone_from(&names);
        state.names = names;
        state.faults = Faults::default();
        state.lives += 1;
    }

    fn at(&self, lives: u64) -> io::Result<parking_lot::MutexGuard<'_, State>> {
        let state = self.0.lock();
        match state.lives == lives {
            true => Ok(state),
            false => Err(io::Error::other("the process has ended")),
        }
    }
}

impl State {
    /// Lets a change through, or not. In the midst of one that power is lost in, it is begun.
    fn change(&mut self, kind: Kind) -> io::Result<()> {
        let faults = &mut self.faults;
        if faults.is_out {
            return Err(no_power());
        }
        match &mut faults.power_after {
            Some(0) => {
                faults.is_out = true;
                return Ok(());
            }
            Some(left) => *left -= 1,
            None => {}
        }
        if faults.failing > 0 {
            faults.failing -= 1;
            return Err(io::Error::from_raw_os_error(EIO));
        }
        if faults.is_full && kind == Kind::Taking {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }

    /// What a change answers that was begun.
    fn done(&self) -> io::Result<()> {
        if self.faults.is_out { Err(no_power()) } else { Ok(()) }
    }

    fn rename(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.unsynced_names.push(change);
    }

    fn named(&self, path: &Path) -> io::Result<usize> {
        if self.faults.is_out {
            return Err(no_power());
        }
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// The system's number of "Input/output error".
const EIO: i32 = 5;

fn no_power() -> io::Error {
    io::Error::other("power is lost")
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Named(path, file) => drop(names.insert(path.clone(), *file)),
            Self::Renamed(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Removed(path) => drop(names.remove(path)),
        }
    }
}

impl Files for Disk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let mut state = self.0.lock();
        state.change(Kind::Taking)?;
        let file = state.files.len();
        state.files.push(File::default());
        state.rename(NameChange::Named(path.to_path_buf(), file));
        state.done()?;
        Ok(Box::new(Handle { disk: self.clone(), file, lives: state.lives }))
    }

    fn open(&self, path: &Path, _: Access) -> io::Result<Box<dyn OpenFile>> {
        let state = self.0.lock();
        let file = state.named(path)?;
        Ok(Box::new(Handle { disk: self.clone(), file, lives: state.lives }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.0.lock();
        let file = state.named(path)?;
        Ok(state.files[file].bytes().to_vec())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.0.lock();
        state.named(from)?;
        state.change(Kind::Other)?;
        state.rename(NameChange::Renamed(from.to_path_buf(), to.to_path_buf()));
        state.done()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.0.lock();
        state.named(path)?;
        state.change(Kind::Other)?;
        state.rename(NameChange::Removed(path.to_path_buf()));
        state.done()
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let state = self.0.lock();
        if state.faults.is_out {
            return Err(no_power());
        }
        let within = state.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(within.cloned().collect())
    }

    fn sync_directory(&self, _: &Path) -> io::Result<()> {
        let mut state = self.0.lock();
        state.change(Kind::Other)?;
        state.done()?;
        state.durable_names = state.names.clone();
        state.unsynced_names.clear();
        Ok(())
    }

    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        for chunk in bytes.chunks_mut(8) {
            let thrown = state.dice.throw().to_be_bytes();
            chunk.copy_from_slice(&thrown[..chunk.len()]);
        }
        Ok(())
    }
}

/// A file that is open.
struct Handle {
    disk: Disk,
    file: usize,
    /// How often power was lost when it was opened.
    lives: u64,
}

impl Handle {
    /// Changes the file, or fails to.
    fn change(&self, kind: Kind, change: impl FnOnce(&mut File)) -> io::Result<()> {
        let mut state = self.disk.at(self.lives)?;
        state.change(kind)?;
        change(&mut state.files[self.file]);
        state.done()
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.at(self.lives)?;
        let synced = state.change(Kind::Other).and_then(|()| state.done());
        let is_out = state.faults.is_out;
        let file = &mut state.files[self.file];
        match synced {
            Ok(()) => file.sync(),
            Err(_) if !is_out => file.forget_to_sync(),
            Err(_) => {}
        }
        synced
    }
}

impl OpenFile for Handle {
    fn bytes(&self) -> io::Result<u64> {
        let state = self.disk.at(self.lives)?;
        Ok(state.files[self.file].bytes().len() as u64)
    }

    fn read_what_is_there(&self, _: &mut [u8], _: u64) -> io::Result<usize> {
        Ok(0)
    }

    fn read_at(&self, piece: &mut [u8], at: u64, _: &Range<u64>) -> io::Result<()> {
        let state = self.disk.at(self.lives)?;
        if state.faults.is_out {
            return Err(no_power());
        }
        let at = usize::try_from(at).map_err(io::Error::other)?;
        let bytes = state.files[self.file].bytes().get(at..).unwrap_or_default();
        let bytes = bytes.get(..piece.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        piece.copy_from_slice(bytes);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.change(Kind::Taking, |file| file.write(bytes, at))
    }

    fn set_bytes(&self, bytes: u64) -> io::Result<()> {
        self.change(Kind::Other, |file| file.set_bytes(bytes))
    }

    fn reserve(&self, at: u64, bytes: u64) -> io::Result<()> {
        self.change(Kind::Taking, |file| {
            let end = (at + bytes).max(file.bytes().len() as u64);
            file.set_bytes(end);
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync()
    }
}

#[cfg(test)]
mod tests;
