//! Suites in Rust.

use std::process::{Command, Stdio};

use anyhow::Context;

use super::Setup;
use super::report::{Tally, print_end};

/// Runs `cargo test --workspace` and counts libtest's summaries.
pub fn run_workspace(setup: &Setup) -> anyhow::Result<Tally> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--workspace", "--no-fail-fast", "--profile", setup.profile]);
    cargo.current_dir(&setup.root);
    let (printed, ended_well) = run(&mut cargo)?;
    Ok(count(&printed).judged(ended_well))
}

/// Runs an example that is built already: one test.
pub fn run_example(setup: &Setup, name: &str) -> anyhow::Result<Tally> {
    let example = setup.binaries.join("examples").join(name);
    let (_, ended_well) = run(Command::new(example).current_dir(&setup.root))?;
    Ok(Tally { passed: u64::from(ended_well), ..Tally::default() }.judged(ended_well))
}

/// Answers with what the program printed, and whether it ended well.
fn run(command: &mut Command) -> anyhow::Result<(String, bool)> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("{command:?}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let ended_well = output.status.success();
    if !ended_well {
        print_end(&printed);
    }
    Ok((printed, ended_well))
}

/// Adds up lines like `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub fn count(printed: &str) -> Tally {
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
