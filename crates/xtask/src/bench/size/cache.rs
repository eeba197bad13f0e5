//! What the system's page cache holds of the files in a directory.
//!
//! Util-linux's `fincore` asks the system, page by page.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde_json::{Value, json};

/// Files, and what of them is in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cached {
    file_bytes: u64,
    /// Nothing on a system without `fincore`.
    cached_bytes: Option<u64>,
}

impl Cached {
    /// Looks at all files below a directory.
    pub(super) fn below(directory: &Path) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        let file_bytes = list(directory, &mut files)?;
        let mut fincore = Command::new("fincore");
        fincore.args(["--bytes", "--raw", "--noheadings", "--output", "RES"]).args(files);
        // It fails if one of the files has gone, and tells of the others all the same.
        let cached_bytes = match fincore.output() {
            Ok(output) => Some(sum(&String::from_utf8(output.stdout)?)?),
            Err(_) => None,
        };
        Ok(Self { file_bytes, cached_bytes })
    }

    #[expect(clippy::cast_precision_loss, reason = "a percentage is what is shown")]
    fn share(self) -> Option<f64> {
        self.cached_bytes.map(|bytes| bytes as f64 / self.file_bytes as f64)
    }

    /// For `--json`.
    pub(super) fn to_json(self) -> Value {
        json!({
            "file_bytes": self.file_bytes,
            "cached_bytes": self.cached_bytes,
            "share": self.share(),
        })
    }
}

impl fmt::Display for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = self.file_bytes >> 20;
        match self.share() {
            Some(share) => {
                let percent = share * 100.0;
                write!(f, "the system's cache holds {percent:.0} % of {mebibytes} MiB of files")
            }
            None => write!(
                f,
                "what the system's cache holds of {mebibytes} MiB of files is not known: there is \
                 no fincore"
            ),
        }
    }
}

/// Adds the files below a directory to `files`; answers with their size. One that goes meanwhile is
/// left out.
fn list(directory: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes += list(&entry.path(), files)?,
            Ok(metadata) => {
                bytes += metadata.len();
                files.push(entry.path());
            }
            Err(_) => {}
        }
    }
    Ok(bytes)
}

/// The sum of the numbers, one a line.
fn sum(lines: &str) -> anyhow::Result<u64> {
    let numbers = lines.lines().map(|line| line.trim().parse::<u64>());
    numbers.sum::<Result<u64, _>>().with_context(|| format!("fincore said {lines}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fincore_says_of_each_file_is_added_up() {
        assert_eq!(sum("4096\n 0\n8192\n").unwrap(), 12_288);
        assert_eq!(sum("").unwrap(), 0);
        assert!(sum("RES\n").is_err());
    }

    #[test]
    fn files_are_found_in_folders_of_folders() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("a").join("b");
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("c"), [0; 5000]).unwrap();
        fs::write(directory.path().join("d"), [0; 100]).unwrap();
        let mut files = Vec::new();
        assert_eq!(list(directory.path(), &mut files).unwrap(), 5100);
        assert_eq!(files.len(), 2);
    }

    #[test]
    fn what_is_not_known_is_said_to_be_so() {
        let cached = Cached { file_bytes: 8 << 20, cached_bytes: Some(2 << 20) };
        assert_eq!(cached.to_string(), "the system's cache holds 25 % of 8 MiB of files");
        let unknown = Cached { cached_bytes: None, ..cached };
        assert!(unknown.to_string().contains("not known"), "{unknown}");
        assert!(unknown.to_json()["share"].is_null());
    }
}
