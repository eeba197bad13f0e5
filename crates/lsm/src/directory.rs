//! The tree's directory: making names in it durable, and which files are there.

use std::fs::{self, File};
use std::path::Path;

use crate::error::TreeError;

/// Makes the names in a directory durable.
pub(crate) fn sync_directory(dir: &Path) -> Result<(), TreeError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(TreeError::io(dir))
}

/// The numbers of the files of a kind, rising.
pub(crate) fn numbers(dir: &Path, extension: &str) -> Result<Vec<u64>, TreeError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).map_err(TreeError::io(dir))? {
        let path = entry.map_err(TreeError::io(dir))?.path();
        let is_kind = path.extension().is_some_and(|found| found == extension);
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
        numbers.extend(number.filter(|_| is_kind));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes a file that nothing needs. One that stays is removed when the tree is opened again.
pub(crate) fn remove(file: &Path) {
    if let Err(error) = fs::remove_file(file) {
        tracing::debug!(file = %file.display(), %error, "a file stays for now");
    }
}
