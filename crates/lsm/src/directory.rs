//! The tree's directory: making names in it durable, and which files are there.

use std::path::Path;

use crate::error::TreeError;
use crate::files::Files;

/// Makes the names in a directory durable.
pub(crate) fn sync_directory(files: &dyn Files, dir: &Path) -> Result<(), TreeError> {
    files.sync_directory(dir).map_err(TreeError::io(dir))
}

/// The numbers of the files of a kind, rising.
pub(crate) fn numbers(
    files: &dyn Files,
    dir: &Path,
    extension: &str,
) -> Result<Vec<u64>, TreeError> {
    let mut numbers = Vec::new();
    for path in files.list(dir).map_err(TreeError::io(dir))? {
        let is_kind = path.extension().is_some_and(|found| found == extension);
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
        numbers.extend(number.filter(|_| is_kind));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes a file that nothing needs. One that stays is removed when the tree is opened again.
pub(crate) fn remove(files: &dyn Files, file: &Path) {
    if let Err(error) = files.remove(file) {
        tracing::debug!(file = %file.display(), %error, "a file stays for now");
    }
}
