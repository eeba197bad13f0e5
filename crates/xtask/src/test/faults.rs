//! Fault rounds on the built binary. A round that fails leaves its data and the server's log in the
//! suite's folder.

use anyhow::{Context, ensure};
use testkit::crash::Cut;
use testkit::faults::rotation::AfterCut;
use testkit::faults::{FaultKind, FaultRounds, FaultShown, Prepared};

use super::Setup;
use super::report::Tally;

/// Rounds of a quick run: spread over all calls, and each kind as often.
const QUICK_ROUNDS: u64 = 40;

/// Fails calls, one a round: each with `--full`.
pub fn run(setup: &Setup, name: &str) -> anyhow::Result<Tally> {
    let prepared = prepare(setup, name)?;
    let rounds = if setup.full { prepared.calls } else { QUICK_ROUNDS.min(prepared.calls) };
    // Another seed meets other calls.
    let start = setup.seed % (prepared.calls / rounds).max(1);
    let mut met = Vec::new();
    for (round, kind) in (0..rounds).zip(FaultKind::ALL.iter().cycle()) {
        let at = 1 + start + round * prepared.calls / rounds;
        let failed = || format!("call {at} of {} as {kind:?}, seed {}", prepared.calls, setup.seed);
        let round = prepared.round(Some((at, *kind)));
        met.push(setup.runtime.block_on(round).with_context(failed)?);
    }
    let count = |wanted| met.iter().filter(|met| **met == wanted).count();
    let (starts, answers) = (count(FaultShown::AtStart), count(FaultShown::InAnswers));
    ensure!(starts > 0 && answers > 0, "the rig is blind: {met:?}");
    let note = format!(
        "of {} file calls; {starts} kept the server from starting, {answers} failed operations",
        prepared.calls
    );
    Ok(Tally { passed: rounds, note, ..Tally::default() })
}

/// Cuts rotations of the keys off at each of their calls, in one way or, with `--full`, in every.
pub fn run_rotations(setup: &Setup, name: &str) -> anyhow::Result<Tally> {
    let prepared = prepare(setup, name)?;
    let calls = prepared.rotation_calls()?;
    let ways = [
        (Cut::Process, AfterCut::Serve),
        (Cut::Power, AfterCut::Serve),
        (Cut::Process, AfterCut::Rotate),
        (Cut::Power, AfterCut::Rotate),
    ];
    let mut passed = 0;
    for at in 1..=calls {
        for (turn, (cut, next)) in (at..).zip(ways) {
            if setup.full || turn % ways.len() as u64 == 0 {
                let failed = || format!("{cut:?} at call {at} of {calls}, then {next:?}");
                setup
                    .runtime
                    .block_on(prepared.cut_rotation(at, cut, next))
                    .with_context(failed)?;
                passed += 1;
            }
        }
    }
    Ok(Tally { passed, note: format!("of {calls} file calls"), ..Tally::default() })
}

/// Fills the disk and makes room again.
pub fn run_full_disk(setup: &Setup, name: &str) -> anyhow::Result<Tally> {
    let prepared = prepare(setup, name)?;
    setup.runtime.block_on(prepared.full_disk())?;
    setup.runtime.block_on(prepared.full_disk_in_a_flood())?;
    Ok(Tally { passed: 2, ..Tally::default() })
}

fn prepare(setup: &Setup, name: &str) -> anyhow::Result<Prepared> {
    let plan = FaultRounds {
        binary: setup.stator(),
        preload: setup.preload(),
        home: setup.folder(name)?,
        seed: setup.seed,
    };
    setup.runtime.block_on(plan.prepare())
}
