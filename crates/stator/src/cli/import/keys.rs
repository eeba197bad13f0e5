//! Finding the key of a sealed export.
//!
//! The common cases need no flag: the export was sealed with the key of the very data directory,
//! or with a key file that lies where one would look for it, under the name that the export tells.
//! Former keys of each, from before a rotation, are tried too.

use std::path::Path;

use dump::RootKey;

use crate::cli::offline::DataDirectory;
use crate::key_file;

/// The keys to try. What is not there or holds no key is passed over: whether one fits shows in
/// the trying.
pub(super) fn likely(directory: &DataDirectory, export: &Path, sealed_with: &str) -> Vec<RootKey> {
    let own = directory.key_file.clone();
    let own = own.unwrap_or_else(|| key_file::default_path(&directory.data_dir));
    let mut keys = key_file::load_all(&own);
    // The export tells a name, never a path.
    if Path::new(sealed_with).file_name().is_some_and(|name| name == sealed_with) {
        for neighbour in [&own, export, Path::new(sealed_with)] {
            keys.extend(key_file::load_all(&neighbour.with_file_name(sealed_with)));
        }
    }
    keys
}
