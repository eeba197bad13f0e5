//! Suites that cargo runs.

use std::process::Command;

use anyhow::Context;

use super::Setup;
use super::report::{Tally, print_end};

/// Runs cargo; counts libtest's summaries, or one test when there are none to count.
pub fn run(setup: &Setup, arguments: &[&str]) -> anyhow::Result<Tally> {
    let output = Command::new("cargo")
        .args(arguments)
        .current_dir(&setup.root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let ended_well = output.status.success();
    if !ended_well {
        print_end(&printed);
    }
    let tally = if arguments[0] == "test" {
        count(&printed)
    } else {
        Tally { passed: u64::from(ended_well), ..Tally::default() }
    };
    Ok(tally.judged(ended_well))
}

/// Adds up lines like `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn count(printed: &str) -> Tally {
    let results = printed.lines().filter_map(|line| line.strip_prefix("test result: "));
    let mut tally = Tally::default();
    for part in results.flat_map(|result| result.split([';', '.'])) {
        let mut words = part.split_whitespace();
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (number, words.next()) {
            (Some(number), Some("passed")) => tally.passed += number,
            (Some(number), Some("failed")) => tally.failed += number,
            (Some(number), Some("ignored")) => tally.skipped += number,
            _ => {}
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn summaries_of_several_binaries_add_up() {
        let tally = count(
            "test result: ok. 15 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             test noise ... ok\n\
             test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.20s\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.skipped), (17, 3, 1));
    }
}
