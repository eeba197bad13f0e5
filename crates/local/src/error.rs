//! Why a data directory does not open. Each message is one line that says what to do.

use std::io;
use std::path::{Path, PathBuf};

/// A store that was not opened. Nothing was changed, except where the engine itself failed.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// Another process has it.
    #[error("{} is in use by another process; stop that one or choose another directory", dir.display())]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// It holds files that are not ours.
    #[error(
        "{} is neither empty nor a Stator data directory; choose an empty or a new one",
        dir.display()
    )]
    ForeignDirectory {
        /// The directory.
        dir: PathBuf,
    },
    /// There is nothing to work on.
    #[error("there is no data in {}; name the data directory with --data-dir", dir.display())]
    NoStore {
        /// The directory.
        dir: PathBuf,
    },
    /// Another version wrote it.
    #[error(
        "{dir} has the data format \"{found}\", and this version reads \"{known}\"; carry the data \
         over with two commands: `stator export --data-dir {dir} --output {dir}.dump` by the \
         version that wrote it, then `stator import --data-dir {dir}-new {dir}.dump` by this one",
        dir = dir.display()
    )]
    UnknownVersion {
        /// The data directory.
        dir: PathBuf,
        /// What its marker says.
        found: String,
        /// What this version writes.
        known: String,
    },
    /// The key does not open it.
    #[error("the key does not open {}; give the key file it was created with", dir.display())]
    WrongKey {
        /// The data directory.
        dir: PathBuf,
    },
    /// A file is not what was written, or gone.
    #[error("{} {what}; restore the data directory from a backup", file.display())]
    Damaged {
        /// The file, or the engine's directory.
        file: PathBuf,
        /// What is wrong with it, continuing the sentence: "is missing".
        what: String,
    },
    /// It cannot be created, read or written.
    #[error("cannot use {} as data directory ({source}); check its path and permissions", dir.display())]
    Unwritable {
        /// The directory.
        dir: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Its keys could not be rotated.
    #[error("cannot encrypt {} anew ({reason}); its data is as it was", dir.display())]
    Rotation {
        /// The data directory.
        dir: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The engine refuses its files.
    #[error("the engine cannot open {} ({reason}); restore it from a backup", dir.display())]
    Engine {
        /// The data directory.
        dir: PathBuf,
        /// What the engine said, with file and offset where it knows them.
        reason: String,
    },
}

impl LocalError {
    /// A [`LocalError::Damaged`].
    pub(crate) fn damaged(file: PathBuf, what: impl Into<String>) -> Self {
        Self::Damaged { file, what: what.into() }
    }

    /// For `map_err` on whatever touches `dir`.
    pub(crate) fn unwritable(dir: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Unwritable { dir: dir.to_path_buf(), source }
    }
}
