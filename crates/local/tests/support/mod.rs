//! What tests of a crashed directory share: opening one, and copying it as it lies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use stator_local::{LocalError, LocalOptions, LocalStore, RootKey};

/// A store whose key is the same in all of them.
pub(crate) fn open(dir: &Path) -> Result<LocalStore, LocalError> {
    LocalStore::open(&LocalOptions::new(dir, RootKey::new([7; RootKey::BYTES])))
}

/// Copies everything below `from`, also while a store writes there. Files that come or go meanwhile
/// would make a state that never was: the copy is begun anew then.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    loop {
        let before = paths(from)?;
        match copy_once(from, to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            copied => {
                copied?;
                if paths(from)? == before {
                    return Ok(());
                }
            }
        }
        fs::remove_dir_all(to)?;
    }
}

/// Everything below a directory.
fn paths(dir: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut all = BTreeSet::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            all.append(&mut paths(&path)?);
        }
        all.insert(path);
    }
    Ok(all)
}

fn copy_once(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_once(&path, &target)?,
            false => drop(fs::copy(&path, &target)?),
        }
    }
    Ok(())
}
