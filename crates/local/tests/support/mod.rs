//! What tests of a crashed directory share: opening one, and copying it as it lies.

use std::path::Path;
use std::{fs, io};

use stator_local::{LocalError, LocalOptions, LocalStore, RootKey};

/// A store whose key is the same in all of them.
pub(crate) fn open(dir: &Path) -> Result<LocalStore, LocalError> {
    LocalStore::open(&LocalOptions::new(dir, RootKey::new([7; RootKey::BYTES])))
}

/// Copies everything below `from`, also while a store writes there.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target)?,
            false => drop(fs::copy(&path, &target)?),
        }
    }
    Ok(())
}
