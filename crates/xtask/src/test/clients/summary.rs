//! How a client's program says how many tests passed.

use crate::test::report::Tally;
use crate::test::rust::count as count_libtest;

/// The shape of a program's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summary {
    /// `3 passed, 1 skipped in 2s`
    Pytest,
    /// `# pass 3`
    NodeTest,
    /// `--- PASS: TestBatches (0.01s)`
    GoTest,
    /// `Tests run: 4, Failures: 0, Errors: 0, Skipped: 1`
    Surefire,
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; …`
    Libtest,
    /// It ends with 0: one test.
    ExitCode,
}

impl Summary {
    /// Reads what a program printed.
    pub fn count(self, printed: &str, ended_well: bool) -> Tally {
        match self {
            Self::Pytest => count_pytest(printed),
            Self::NodeTest => count_node_test(printed),
            Self::GoTest => count_go_test(printed),
            Self::Surefire => count_surefire(printed),
            Self::Libtest => count_libtest(printed),
            Self::ExitCode => Tally { passed: u64::from(ended_well), ..Tally::default() },
        }
    }
}

/// Reads `1 failed, 3 passed, 2 skipped in 1.20s`.
fn count_pytest(printed: &str) -> Tally {
    let mut tally = Tally::default();
    let summary = printed.lines().rev().find(|line| line.contains(" in ")).unwrap_or_default();
    for part in summary.trim_matches(['=', ' ']).split(", ") {
        let mut words = part.split_whitespace();
        let number = words.next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        match words.next() {
            Some("passed" | "xfailed") => tally.passed += number,
            Some("failed" | "error" | "errors" | "xpassed") => tally.failed += number,
            Some("skipped" | "deselected") => tally.skipped += number,
            _ => {}
        }
    }
    tally
}

/// Reads `# pass 3`, `# fail 1` and the like.
fn count_node_test(printed: &str) -> Tally {
    let number = |name: &str| {
        let lines = printed.lines().filter_map(|line| line.strip_prefix("# "));
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        values.next_back().unwrap_or(0)
    };
    Tally {
        passed: number("pass "),
        failed: number("fail ") + number("cancelled "),
        skipped: number("skipped ") + number("todo "),
        note: String::new(),
    }
}

/// Counts the lines of tests, subtests included.
fn count_go_test(printed: &str) -> Tally {
    let mut tally = Tally::default();
    let lines = printed.lines().map(str::trim_start);
    for line in lines.filter_map(|line| line.strip_prefix("--- ")) {
        match line.split(':').next() {
            Some("PASS") => tally.passed += 1,
            Some("FAIL") => tally.failed += 1,
            Some("SKIP") => tally.skipped += 1,
            _ => {}
        }
    }
    tally
}

/// Reads the last `Tests run: 4, Failures: 1, Errors: 0, Skipped: 1`; those before are of classes.
fn count_surefire(printed: &str) -> Tally {
    let mut totals = printed.lines().filter_map(|line| line.split_once("Tests run: "));
    let Some((_, total)) = totals.next_back() else { return Tally::default() };
    let mut numbers = total.split(", ").map(|part| part.rsplit(' ').next()?.parse::<u64>().ok());
    let mut next = || numbers.next().flatten().unwrap_or(0);
    let (run, failed, skipped) = (next(), next() + next(), next());
    Tally { passed: run.saturating_sub(failed + skipped), failed, skipped, note: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytest_counts_are_read_from_its_last_line() {
        let tally = count_pytest("...\n1 failed, 118 passed, 2 skipped, 1 error in 3.40s\n");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (118, 2, 2));
    }

    #[test]
    fn node_counts_are_read_from_its_summary() {
        let tap = "# Subtest: a\nok 1\n# tests 54\n# pass 50\n# fail 2\n# cancelled 1\n# skipped 1\n# todo 0\n";
        let tally = count_node_test(tap);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (50, 3, 1));
    }

    #[test]
    fn go_tests_and_their_subtests_are_counted() {
        let verbose = "=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- FAIL: TestB/c (0.1s)\n\
                       --- SKIP: TestD (0.00s)\nFAIL\n";
        let tally = count_go_test(verbose);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (1, 1, 1));
    }

    #[test]
    fn surefire_counts_are_read_from_its_total() {
        let tally = count_surefire(
            "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s -- in A\n\
             [ERROR] Tests run: 9, Failures: 1, Errors: 2, Skipped: 1\n[INFO] BUILD FAILURE\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.skipped), (5, 3, 1));
    }
}
