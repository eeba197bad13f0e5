//! Crash rounds on the built binary. A round that fails leaves its data and the server's log in
//! the suite's folder.

use anyhow::bail;
use testkit::crash::{self, Compared, CrashRounds, Cut, Verdict};

use super::Setup;
use super::report::Tally;

/// Concurrent clients of a round.
const CLIENTS: usize = 16;

/// Runs rounds that all end with `cut`, and in which every promise must be kept.
pub fn run(setup: &Setup, name: &str, cut: Cut) -> anyhow::Result<Tally> {
    match rounds(setup, name, vec![cut; setup.rounds])? {
        Verdict::Held(Compared { acknowledged, records, shards }) => Ok(Tally {
            passed: setup.rounds as u64,
            note: format!(
                "{acknowledged} acknowledged operations kept, {records} records in {shards} shards"
            ),
            ..Tally::default()
        }),
        Verdict::Broken { round, violations } => bail!(
            "round {round} of seed {} broke {} promises:\n{}",
            setup.seed,
            violations.len(),
            violations.join("\n")
        ),
    }
}

/// Runs an honest round and one whose syncs are ignored: the second must be noticed.
pub fn run_without_sync(setup: &Setup, name: &str) -> anyhow::Result<Tally> {
    match rounds(setup, name, vec![Cut::Power, Cut::PowerWithoutSync])? {
        Verdict::Broken { round: 1, violations } => Ok(Tally {
            passed: 1,
            note: format!("{} broken promises noticed", violations.len()),
            ..Tally::default()
        }),
        Verdict::Broken { violations, .. } => bail!("the honest round broke {violations:?}"),
        Verdict::Held(_) => bail!("a disk that ignores every sync was not noticed"),
    }
}

fn rounds(setup: &Setup, name: &str, cuts: Vec<Cut>) -> anyhow::Result<Verdict> {
    let home = setup.folder(name)?;
    setup.runtime.block_on(crash::run(&CrashRounds {
        binary: setup.stator(),
        preload: setup.preload(),
        home,
        cuts,
        clients: CLIENTS,
        seed: setup.seed,
    }))
}
