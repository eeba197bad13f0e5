//! What ran, as a table, and whether that is good enough.

#![expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]

use std::fmt;
use std::io::ErrorKind;
use std::ops::Add;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

/// The suites that may be skipped under CI: one a line, `NAME: reason`.
const ALLOWED_SKIPS: &str = "ci/allowed-skips.txt";

/// How many tests of a suite went which way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that did not run.
    pub skipped: u64,
    /// What there is to say about it.
    pub note: String,
}

/// The table as it grows.
#[derive(Debug)]
pub struct Report {
    lines: Vec<Line>,
    allowed_skips: AllowedSkips,
}

#[derive(Debug)]
struct Line {
    suite: &'static str,
    tally: Tally,
    took: Duration,
}

/// Which suites may be skipped.
#[derive(Debug)]
enum AllowedSkips {
    /// All: this is a developer's machine.
    Any,
    /// Those named, with a reason.
    Only(Vec<String>),
}

impl Tally {
    /// A suite that did not run.
    pub fn skip(note: String) -> Self {
        Self { skipped: 1, note, ..Self::default() }
    }

    /// The counts of a program that ended: silence is no success.
    pub fn judged(mut self, ended_well: bool) -> Self {
        if !ended_well && self.failed == 0 {
            self.failed = 1;
        } else if ended_well && self.passed + self.skipped == 0 {
            self.failed += 1;
            self.note = "ran no test".to_owned();
        }
        self
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let note = [self.note, other.note].into_iter().find(|note| !note.is_empty());
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
            note: note.unwrap_or_default(),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped, .. } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

impl Report {
    /// An empty table; reads what may be skipped where `CI` is `true`.
    pub fn new(root: &Path) -> anyhow::Result<Self> {
        let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        let allowed_skips = if in_ci { allowed_skips(root)? } else { AllowedSkips::Any };
        Ok(Self { lines: Vec::new(), allowed_skips })
    }

    /// Prints a line.
    pub fn say(&self, line: &str) {
        println!("{line}");
    }

    /// A suite starts.
    pub fn begin(&self, suite: &str) {
        println!("== {suite}");
    }

    /// A suite ended, or could not run at all.
    pub fn end(&mut self, suite: &'static str, tally: anyhow::Result<Tally>, took: Duration) {
        let tally = tally.unwrap_or_else(|error| {
            println!("{error:#}");
            let note = format!("{error:#}").lines().next().unwrap_or_default().to_owned();
            Tally { failed: 1, note, ..Tally::default() }
        });
        let tally = self.allowed_skips.judge(suite, tally);
        println!("{tally} in {:.1} s  {}", took.as_secs_f64(), tally.note);
        self.lines.push(Line { suite, tally, took });
    }

    /// Prints the table and the last line.
    pub fn finish(self) -> ExitCode {
        println!("\n{:<26} {:>7} {:>7} {:>7} {:>8}", "suite", "passed", "failed", "skipped", "s");
        for Line { suite, tally, took } in &self.lines {
            println!(
                "{suite:<26} {:>7} {:>7} {:>7} {:>8.1}  {}",
                tally.passed,
                tally.failed,
                tally.skipped,
                took.as_secs_f64(),
                tally.note
            );
        }
        let total = self.lines.into_iter().map(|line| line.tally).fold(Tally::default(), Add::add);
        println!("{total}");
        ExitCode::from(u8::from(total.failed > 0 || total.passed == 0))
    }
}

/// Prints the end of what a failed program printed.
pub fn print_end(printed: &str) {
    const LINES: usize = 120;
    let lines: Vec<&str> = printed.lines().collect();
    println!("{}", lines[lines.len().saturating_sub(LINES)..].join("\n"));
}

impl AllowedSkips {
    /// Turns a skip that is not allowed into a failure.
    fn judge(&self, suite: &str, tally: Tally) -> Tally {
        let allowed = match self {
            Self::Any => true,
            Self::Only(names) => names.iter().any(|name| name == suite),
        };
        if allowed || tally.skipped == 0 {
            return tally;
        }
        let note = format!("may not be skipped in CI ({ALLOWED_SKIPS}): {}", tally.note);
        Tally { failed: tally.failed + tally.skipped, skipped: 0, note, ..tally }
    }
}

fn allowed_skips(root: &Path) -> anyhow::Result<AllowedSkips> {
    match std::fs::read_to_string(root.join(ALLOWED_SKIPS)) {
        Ok(text) => Ok(AllowedSkips::Only(parse_allowed_skips(&text)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(AllowedSkips::Only(Vec::new())),
        Err(error) => Err(error).context(ALLOWED_SKIPS),
    }
}

fn parse_allowed_skips(text: &str) -> anyhow::Result<Vec<String>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let name = |line: &str| {
        let (name, reason) = line.split_once(": ")?;
        (!reason.trim().is_empty()).then(|| name.to_owned())
    };
    lines.map(|line| name(line).with_context(|| format!("no reason in {line:?}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_ran_nothing_failed() {
        assert_eq!(Tally::default().judged(true).failed, 1);
    }

    #[test]
    fn a_program_that_ended_badly_failed_whatever_it_counted() {
        let tally = Tally { passed: 3, ..Tally::default() };
        assert_eq!(tally.judged(false).failed, 1);
    }

    #[test]
    fn a_skip_needs_its_reason_in_ci() {
        let skip = || Tally::skip("node is not installed".to_owned());
        let named = AllowedSkips::Only(vec!["javascript".to_owned()]);
        assert_eq!(named.judge("javascript", skip()).skipped, 1);
        assert_eq!(named.judge("python", skip()).failed, 1);
        assert_eq!(AllowedSkips::Any.judge("python", skip()).failed, 0);
    }

    #[test]
    fn an_allowed_skip_without_a_reason_is_an_error() {
        let names = parse_allowed_skips("# why\n\njavascript: no node there\n").unwrap();
        assert_eq!(names, ["javascript"]);
        assert!(parse_allowed_skips("javascript\n").is_err());
    }
}
