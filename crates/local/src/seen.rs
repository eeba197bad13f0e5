//! What this machine has seen of a data directory: whether it is an older copy of itself.
//!
//! A restore from a backup is such a copy, and meant. So whoever opens one is warned, and no more. The
//! note lies beside the directory, for it is of the machine: a copy of the directory does not bring it.
//! It is written now and then and never synced; one that is missing or garbled says nothing.
//!
//! ```text
//! seen = sum of the marker, generation, commit        decimal, in one line
//! ```

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::directory::DirectoryClaim;

/// Between two notes.
const NOTED_EVERY: Duration = Duration::from_secs(10);

/// Notes how far a directory is.
#[derive(Debug)]
pub(crate) struct Seen {
    path: Option<PathBuf>,
    marker: u32,
    generation: u32,
    noted: Option<(u64, Instant)>,
}

impl Seen {
    /// Compares a directory that was opened, with so many commits, with what was seen of it.
    pub(crate) fn compare(path: Option<PathBuf>, claim: &DirectoryClaim, commits: u64) -> Self {
        let (marker, generation) = (claim.marker_sum(), claim.generation());
        let before = path.as_ref().and_then(|path| parse(&fs::read_to_string(path).ok()?));
        if before.is_some_and(|before| is_older([marker, generation], commits, before)) {
            let dir = claim.dir().display();
            tracing::warn!(%dir, commits, "the data is older than what this machine has seen of it");
        }
        let mut seen = Self { path, marker, generation, noted: None };
        seen.note(commits);
        seen
    }

    /// Takes note of how far it is, if that was long ago.
    pub(crate) fn follow(&mut self, commits: u64) {
        if self.noted.is_none_or(|(_, at)| at.elapsed() >= NOTED_EVERY) {
            self.note(commits);
        }
    }

    /// Takes note of how far it is.
    pub(crate) fn note(&mut self, commits: u64) {
        let Some(path) = &self.path else { return };
        if self.noted.is_some_and(|(noted, _)| noted == commits) {
            return;
        }
        self.noted = Some((commits, Instant::now()));
        let line = format!("{} {} {commits}\n", self.marker, self.generation);
        if let Err(error) = fs::write(path, line) {
            tracing::debug!(%error, file = %path.display(), "an older copy will not be noticed");
        }
    }
}

fn parse(line: &str) -> Option<(u32, u32, u64)> {
    let mut words = line.split_whitespace();
    let seen =
        (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    words.next().is_none().then_some(seen)
}

/// Whether a directory is older than what was seen. One without commits was begun anew.
fn is_older(
    [marker, generation]: [u32; 2],
    commits: u64,
    (seen_marker, seen_generation, seen_commits): (u32, u32, u64),
) -> bool {
    match marker == seen_marker {
        true => commits < seen_commits,
        false => generation < seen_generation && commits > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_copy_is_told_from_a_newer_one_and_from_another_directory() {
        let seen = parse("7 2 100\n").unwrap();
        assert_eq!(seen, (7, 2, 100));
        for (marker, generation, commits, expected) in [
            (7, 2, 99, true),
            (7, 2, 100, false),
            (7, 2, 101, false),
            (6, 1, 500, true),
            (8, 3, 1, false),
            (9, 1, 0, false),
        ] {
            assert_eq!(
                is_older([marker, generation], commits, seen),
                expected,
                "{marker} {commits}"
            );
        }
        for garbled in ["", "7 2", "7 2 x", "7 2 100 1"] {
            assert_eq!(parse(garbled), None, "{garbled:?}");
        }
    }
}
