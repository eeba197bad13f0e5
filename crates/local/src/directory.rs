//! The data directory: recognising it, keeping others out of it, and its data key.
//!
//! It holds the marker, a lock file that nobody writes to, and the engine's directory, which is
//! named after the marker's generation. A directory is ours when it has the marker; an empty one
//! may become ours. The marker is written, whole and synced, after the engine's directory is there
//! and before the engine creates anything in it, so a crash leaves what opens as a new directory or
//! a finished one. A rotation fills the directory of the next generation and then replaces the
//! marker; an engine's directory that the marker does not name was left by a rotation that was cut
//! off, before that moment or behind it, and is removed.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::marker::{self, DataKey, Marker, MarkerError};
use crate::{LocalError, RootKey};

const MARKER: &str = "stator-format";
const MARKER_UNFINISHED: &str = "stator-format.new";
const LOCK: &str = "lock";
/// What the names of engine directories begin with; the generation follows.
const ENGINE: &str = "engine-";
const FIRST_GENERATION: u32 = 1;

/// What a fresh volume brings along, and what a crash while claiming leaves.
const IGNORED: [&str; 3] = ["lost+found", LOCK, MARKER_UNFINISHED];

/// A directory that is ours alone until this is dropped.
#[derive(Debug)]
pub(crate) struct DirectoryClaim {
    dir: PathBuf,
    marker: Marker,
    _lock: File,
}

/// What to do about a directory without a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfAbsent {
    /// Begin one.
    Create,
    /// Say so.
    Refuse,
}

/// Whether `dir` holds a store. `false`: it is absent or empty.
///
/// # Errors
/// [`LocalError::ForeignDirectory`] when it holds something else, [`LocalError::Unwritable`] when
/// it cannot be read.
pub(crate) fn holds_store(dir: &Path) -> Result<bool, LocalError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(LocalError::unwritable(dir)(error)),
    };
    let mut foreign = false;
    for entry in entries {
        let entry = entry.map_err(LocalError::unwritable(dir))?;
        let name = entry.file_name();
        if name == MARKER {
            return Ok(true);
        }
        let begun = generation_of(&name).is_some() && is_empty(&entry.path());
        foreign |= !begun && !IGNORED.iter().any(|ignored| name == *ignored);
    }
    if foreign { Err(LocalError::ForeignDirectory { dir: dir.to_path_buf() }) } else { Ok(false) }
}

/// Makes `dir` ours, creating it if need be, and opens or makes its data key.
///
/// # Errors
/// Everything but [`LocalError::Engine`]; nothing was changed then.
pub(crate) fn claim(
    dir: &Path,
    root: &RootKey,
    if_absent: IfAbsent,
) -> Result<DirectoryClaim, LocalError> {
    if !holds_store(dir)? && if_absent == IfAbsent::Refuse {
        return Err(LocalError::NoStore { dir: dir.to_path_buf() });
    }
    let unwritable = LocalError::unwritable(dir);
    create_private_dir(dir).map_err(&unwritable)?;
    let lock = lock(dir)?;
    let marker = if holds_store(dir)? {
        open_marker(dir, root)?
    } else {
        create_private_dir(&engine_dir(dir, FIRST_GENERATION)).map_err(&unwritable)?;
        let marker = new_marker(FIRST_GENERATION).map_err(&unwritable)?;
        write_marker(dir, root, &marker).map_err(&unwritable)?;
        marker
    };
    let claim = DirectoryClaim { dir: dir.to_path_buf(), marker, _lock: lock };
    // Opening on would begin an empty store where there was a full one.
    if !claim.engine_dir().is_dir() {
        return Err(LocalError::damaged(claim.engine_dir(), "is missing"));
    }
    claim.remove_leftovers();
    Ok(claim)
}

impl DirectoryClaim {
    /// Where the engine keeps its files.
    pub(crate) fn engine_dir(&self) -> PathBuf {
        engine_dir(&self.dir, self.marker.generation)
    }

    /// The key that seals the engine's files.
    pub(crate) fn data_key(&self) -> &DataKey {
        &self.marker.data_key
    }

    /// The data directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// How often it was encrypted.
    pub(crate) fn generation(&self) -> u32 {
        self.marker.generation
    }

    /// The sum at the end of the marker, which tells this directory and generation from others; 0 when
    /// it cannot be read.
    pub(crate) fn marker_sum(&self) -> u32 {
        let marker = fs::read(self.dir.join(MARKER)).unwrap_or_default();
        marker.last_chunk().map_or(0, |sum| u32::from_be_bytes(*sum))
    }

    /// Begins the next generation: an empty directory for its engine, and a new data key. It counts
    /// for nothing until [`DirectoryClaim::switch_to`].
    pub(crate) fn begin_next(&self) -> Result<NextGeneration, LocalError> {
        self.remove_leftovers();
        let next = new_marker(self.marker.generation + 1).and_then(|marker| {
            let engine_dir = engine_dir(&self.dir, marker.generation);
            create_private_dir(&engine_dir)?;
            Ok(NextGeneration { engine_dir, marker })
        });
        next.map_err(LocalError::unwritable(&self.dir))
    }

    /// Makes the next generation the one that counts, under a new root key. Replacing the marker is
    /// the one step of it; what was before is removed.
    pub(crate) fn switch_to(
        &mut self,
        next: NextGeneration,
        root: &RootKey,
    ) -> Result<(), LocalError> {
        let unwritable = LocalError::unwritable(&self.dir);
        assert_eq!(
            next.marker.generation,
            self.marker.generation + 1,
            "one generation follows the other"
        );
        assert!(next.marker.data_key != self.marker.data_key, "a generation has its own key");
        sync_tree(&next.engine_dir).map_err(&unwritable)?;
        write_marker(&self.dir, root, &next.marker).map_err(&unwritable)?;
        self.marker = next.marker;
        self.remove_leftovers();
        Ok(())
    }

    /// Removes what an unfinished rotation left. What cannot be removed now is in nobody's way and is
    /// tried again by the next opening.
    pub(crate) fn remove_leftovers(&self) {
        let _absent = fs::remove_file(self.dir.join(MARKER_UNFINISHED));
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for entry in entries.flatten() {
            let generation = generation_of(&entry.file_name());
            if generation.is_some_and(|generation| generation != self.marker.generation)
                && let Err(error) = fs::remove_dir_all(entry.path())
            {
                let dir = entry.path();
                tracing::warn!(%error, dir = %dir.display(), "cannot remove a former engine");
            }
        }
    }
}

/// A generation that is being filled.
#[derive(Debug)]
pub(crate) struct NextGeneration {
    /// Where its engine keeps its files.
    pub(crate) engine_dir: PathBuf,
    marker: Marker,
}

impl NextGeneration {
    /// The key that seals the engine's files.
    pub(crate) fn data_key(&self) -> &DataKey {
        &self.marker.data_key
    }
}

fn engine_dir(dir: &Path, generation: u32) -> PathBuf {
    dir.join(format!("{ENGINE}{generation}"))
}

/// The generation whose engine directory has this name.
fn generation_of(name: &OsStr) -> Option<u32> {
    name.to_str()?.strip_prefix(ENGINE)?.parse().ok()
}

fn lock(dir: &Path) -> Result<File, LocalError> {
    let file = private_file().create(true).truncate(false).open(dir.join(LOCK));
    let file = file.map_err(LocalError::unwritable(dir))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LocalError::InUse { dir: dir.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(LocalError::unwritable(dir)(error)),
    }
}

fn open_marker(dir: &Path, root: &RootKey) -> Result<Marker, LocalError> {
    let file = dir.join(MARKER);
    let bytes = fs::read(&file).map_err(LocalError::unwritable(dir))?;
    let dir = dir.to_path_buf();
    marker::open(root, &bytes).map_err(|error| match error {
        MarkerError::Unknown(found) => {
            LocalError::UnknownVersion { dir, found, known: marker::known_format() }
        }
        MarkerError::Damaged => LocalError::damaged(file, "is damaged"),
        MarkerError::WrongKey => LocalError::WrongKey { dir },
    })
}

/// A marker with a new data key.
fn new_marker(generation: u32) -> io::Result<Marker> {
    let mut drawn = Ok(());
    let data_key = DataKey::filled(|key| drawn = getrandom::fill(key));
    drawn.map_err(io::Error::other)?;
    Ok(Marker { generation, data_key })
}

/// Puts the marker in its place, durably and in one step.
fn write_marker(dir: &Path, root: &RootKey, marker: &Marker) -> io::Result<()> {
    let mut nonce = [0; 12];
    getrandom::fill(&mut nonce).map_err(io::Error::other)?;
    let unfinished = dir.join(MARKER_UNFINISHED);
    let mut file = private_file().create(true).truncate(true).open(&unfinished)?;
    file.write_all(&marker::seal(root, marker, nonce))?;
    file.sync_all()?;
    fs::rename(&unfinished, dir.join(MARKER))?;
    sync_dir(dir)
}

/// Creates `dir`, durably and for its owner alone; one that exists keeps its mode.
fn create_private_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    create_private_dir(parent)?;
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !dir.is_dir() => Err(error),
        _ => sync_dir(parent),
    }
}

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}

/// Makes every file below `dir` durable, and its name.
fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            File::open(path)?.sync_all()?;
        }
    }
    sync_dir(dir)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
