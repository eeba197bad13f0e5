//! The data directory: recognising it, keeping others out of it, and its data key.
//!
//! It holds the marker, a lock file that nobody writes to, and the engine's directory. A directory
//! is ours when it has the marker; an empty one may become ours. The marker is written, whole and
//! synced, after the engine's directory is there and before the engine creates anything in it, so a
//! crash leaves what opens as a new directory or a finished one.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::marker::{self, DataKey, MarkerError};
use crate::{LocalError, RootKey};

const MARKER: &str = "stator-format";
const MARKER_UNFINISHED: &str = "stator-format.new";
const LOCK: &str = "lock";
const ENGINE: &str = "engine";

/// What a fresh volume brings along, and what a crash while claiming leaves.
const IGNORED: [&str; 3] = ["lost+found", LOCK, MARKER_UNFINISHED];

/// A directory that is ours alone until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    engine_dir: PathBuf,
    _lock: File,
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
        let begun = name == ENGINE && is_empty(&entry.path());
        foreign |= !begun && !IGNORED.iter().any(|ignored| name == *ignored);
    }
    if foreign { Err(LocalError::ForeignDirectory { dir: dir.to_path_buf() }) } else { Ok(false) }
}

/// Makes `dir` ours, creating it if need be, and opens or makes its data key.
///
/// # Errors
/// Everything but [`LocalError::Engine`]; nothing was changed then.
pub(crate) fn claim(dir: &Path, root: &RootKey) -> Result<(Claim, DataKey), LocalError> {
    holds_store(dir)?;
    let unwritable = LocalError::unwritable(dir);
    create_private_dir(dir).map_err(&unwritable)?;
    let lock = lock(dir)?;
    let engine_dir = dir.join(ENGINE);
    let data_key = if holds_store(dir)? {
        open_marker(dir, root)?
    } else {
        create_private_dir(&engine_dir).map_err(&unwritable)?;
        create_marker(dir, root).map_err(&unwritable)?
    };
    // Opening on would begin an empty store where there was a full one.
    if !engine_dir.is_dir() {
        return Err(LocalError::Damaged { file: engine_dir });
    }
    Ok((Claim { engine_dir, _lock: lock }, data_key))
}

impl Claim {
    /// Where the engine keeps its files.
    pub(crate) fn engine_dir(&self) -> &Path {
        &self.engine_dir
    }
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

fn open_marker(dir: &Path, root: &RootKey) -> Result<DataKey, LocalError> {
    let file = dir.join(MARKER);
    let bytes = fs::read(&file).map_err(LocalError::unwritable(dir))?;
    let dir = dir.to_path_buf();
    marker::open(root, &bytes).map_err(|error| match error {
        MarkerError::Foreign => LocalError::ForeignDirectory { dir },
        MarkerError::Unknown(found) => {
            LocalError::UnknownVersion { dir, found, known: marker::known_format() }
        }
        MarkerError::Damaged => LocalError::Damaged { file },
        MarkerError::WrongKey => LocalError::WrongKey { dir },
    })
}

fn create_marker(dir: &Path, root: &RootKey) -> io::Result<DataKey> {
    let mut data_key: DataKey = Zeroizing::new([0; 32]);
    let mut nonce = [0; 12];
    getrandom::fill(&mut data_key[..]).map_err(io::Error::other)?;
    getrandom::fill(&mut nonce).map_err(io::Error::other)?;

    let unfinished = dir.join(MARKER_UNFINISHED);
    let mut file = private_file().create(true).truncate(true).open(&unfinished)?;
    file.write_all(&marker::seal(root, &data_key, nonce))?;
    file.sync_all()?;
    fs::rename(&unfinished, dir.join(MARKER))?;
    sync_dir(dir)?;
    Ok(data_key)
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

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
