//! Rotating the keys of a data directory, and finishing a rotation that was cut off.
//!
//! Flow: the data directory is taken, so that nobody else looks → the new key is written beside the
//! old one, durably → everything is copied and the marker replaced (`local::Rotation`) → the key
//! files change places. Cut off before the marker is replaced, the data is under the old key and
//! whoever opens the directory next removes what is left over. Cut off behind it, the old key file does not fit and the one
//! that waits does: whoever opens the directory next, `serve` or another rotation, finds that out
//! and finishes.

use std::path::{Path, PathBuf};

use local::{Copied, LocalError, LocalOptions, LocalStore, RootKey, Rotation};

use crate::StartError;
use crate::key_file::{self, IfMissing, Key};

/// What a rotation left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysRotated {
    /// The file with the key that opens the data now.
    pub key_file: PathBuf,
    /// Where the former key is kept, for copies of the directory made before.
    pub former_key_file: PathBuf,
    /// Whether this call only finished what an earlier one had done.
    pub was_under_way: bool,
}

/// Encrypts the data in `data_dir` anew, under a new key, which takes the place of the one in
/// `key_file`. No server may have the directory open. `watch` hears how far it is. Blocks; not to
/// be called by a task.
///
/// # Errors
/// [`StartError`] says in one line what is in the way. Calling again is safe, and so is serving.
pub fn rotate_keys(
    data_dir: &Path,
    key_file: Option<PathBuf>,
    watch: impl FnMut(Copied),
) -> Result<KeysRotated, StartError> {
    if !LocalStore::exists(data_dir)? {
        return Err(LocalError::NoStore { dir: data_dir.to_owned() }.into());
    }
    let key_file = key_file.unwrap_or_else(|| key_file::default_path(data_dir));
    let key = key_file::load(&key_file, IfMissing::Fail)?.key;
    let begun = with_fitting_key(&key_file, &key, |key| {
        Rotation::begin(&LocalOptions::new(data_dir, key))
    })?;
    if let Some(former_key_file) = begun.former_key_file {
        return Ok(KeysRotated { key_file, former_key_file, was_under_way: true });
    }
    let mut rotation = begun.result;
    let new = key_file::make_waiting(&key_file)?;
    // Not `assert_ne`, which would print both.
    assert!(new != key, "a rotation goes to another key");
    if let Err(error) = rotation.run(&RootKey::new(*new), watch) {
        if matches!(error, LocalError::Rotation { .. }) {
            // The data is under its former key, so whether this works is nobody's matter now.
            let _removed = key_file::remove_waiting(&key_file);
        }
        return Err(error.into());
    }
    let former_key_file = key_file::promote_waiting(&key_file)?;
    Ok(KeysRotated { key_file, former_key_file, was_under_way: false })
}

/// What was opened, with a key that fits.
pub(crate) struct Opened<T> {
    pub(crate) result: T,
    /// Where the former key is kept, if a rotation had to be finished.
    pub(crate) former_key_file: Option<PathBuf>,
}

/// Opens a data directory under `key`, the one in `key_file`; or under the key that waits beside
/// it, if that is the one that fits, which then takes its place.
pub(crate) fn with_fitting_key<T>(
    key_file: &Path,
    key: &Key,
    open: impl Fn(RootKey) -> Result<T, LocalError>,
) -> Result<Opened<T>, StartError> {
    let wrong = match open(RootKey::new(**key)) {
        Ok(result) => {
            // The directory is ours since it is open, and under this key: none that waits is of use.
            if let Err(error) = key_file::remove_waiting(key_file) {
                tracing::warn!(%error, "the key of a rotation that was cut off stays");
            }
            return Ok(Opened { result, former_key_file: None });
        }
        Err(wrong @ LocalError::WrongKey { .. }) => wrong,
        Err(error) => return Err(error.into()),
    };
    let Some(waiting) = key_file::load_waiting(key_file)? else { return Err(wrong.into()) };
    let result = open(RootKey::new(*waiting))?;
    // The directory is ours since it is open: nobody else finishes at the same time.
    let former = key_file::promote_waiting(key_file)?;
    tracing::warn!(
        key_file = %key_file.display(),
        former_key_file = %former.display(),
        "finished a key rotation that had been cut off"
    );
    Ok(Opened { result, former_key_file: Some(former) })
}
