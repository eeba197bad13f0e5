//! Who can read the key file and the data directory besides their owner.
//!
//! Stator makes both for their owner alone. A key that was copied there, or a directory that was made
//! before, may be open to others: whoever has both reads everything.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::StartError;

/// What others than the owner need, of a file and of a directory, to get at what is in it.
const OPEN_FILE: u32 = 0o066;
const OPEN_DIRECTORY: u32 = 0o077;

/// What is done about a key file or a data directory that others than its owner can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// The log says so.
    Warned,
    /// The start is refused.
    Refused,
}

/// Those that others can read, of what is there. What is not is going to be made for its owner alone.
pub(crate) fn exposed(paths: &[&Path]) -> impl Iterator<Item = StartError> {
    paths.iter().filter_map(|path| {
        let metadata = fs::metadata(path).ok()?;
        let open = if metadata.is_dir() { OPEN_DIRECTORY } else { OPEN_FILE };
        let mode = metadata.permissions().mode() & 0o777;
        (mode & open != 0).then(|| StartError::OpenToOthers { path: (*path).to_owned(), mode })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_can_read_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        fs::write(&file, "").unwrap();
        let is_named = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            let paths = [path];
            let line = exposed(&paths).next().map(|error| error.to_string());
            line.is_some_and(|line| {
                assert!(line.starts_with(&path.display().to_string()), "{line}");
                assert!(line.contains(&format!("mode {mode:o}")), "{line}");
                true
            })
        };
        for (mode, expected) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
            assert_eq!(is_named(&file, mode), expected, "{mode:o}");
        }
        for (mode, expected) in [(0o700, false), (0o750, true), (0o701, true)] {
            assert_eq!(is_named(dir.path(), mode), expected, "{mode:o}");
        }
        assert_eq!(exposed(&[&dir.path().join("none")]).count(), 0);
    }
}
