//! How many instructions a request costs: counted, not timed, so that the machine's neighbours do not
//! matter.
//!
//! The release build runs under callgrind, which simulates its instructions one by one. A server is
//! filled before anything is counted. Then each operation is sent over one connection, the next
//! request when the last is answered: a few hundred times uncounted, and in rounds that are counted.
//! The round in the middle stands for the operation: its instructions by room, the functions that cost
//! most, and how often a request asks for memory and calls the system. The instructions are compared
//! with the committed baseline; growth by more than 3 % fails the bench.
//!
//! The bare echo server is counted, too: nobody can do with less. It is not compared, because it costs
//! so little that the runtime's moods are 2 % of it.
//!
//! What is not in a count: the kernel, waiting, and what a request costs more when others run beside
//! it. Items are read from the memtable: nothing has been flushed yet. Encryption counts as it runs on
//! Valgrind's processor, which has AES and AVX2 instructions and nothing newer. There, reading the
//! clock is a call of the system.
//!
//! What makes counts vary, by about 1 % from run to run: how often the runtime's workers wake each
//! other and find nothing, which differs with the order in which threads run; how much a buffer that
//! grows must be copied, which differs with the gaps in memory; the seeds of hash maps; the loops behind
//! the requests, which come round every second. Therefore items are written one after the other,
//! rounds have thousands of requests, and only the middle one counts.

mod baseline;
mod breakdown;
mod callgrind;
mod profile;

use std::fmt;
use std::process::ExitCode;

use serde_json::{Value, json};
use testkit::load::counted::Repeater;
use testkit::load::data::create_table;
use testkit::load::{ITEMS, Scenario};

use self::baseline::{Baseline, Comparison, Name};
use self::breakdown::Breakdown;
use self::callgrind::{Callgrind, Tools};
use self::profile::Profile;
use super::table::{Target, name};
use super::{BenchArguments, Rig};
use crate::workspace_root;

/// What is counted, unless the command line says otherwise.
const SCENARIOS: [Scenario; 5] =
    [Scenario::Get, Scenario::Query, Scenario::Put, Scenario::Update, Scenario::Transact];
/// Items are written one after the other, so that memory looks the same each time.
const FILL_CONNECTIONS: usize = 1;
/// Requests before those that are counted: memory and caches are then as they stay.
const WARM_UP: usize = 512;
/// Requests of a round.
const REQUESTS: usize = 2048;

/// One operation on one engine.
#[derive(Debug)]
struct Counted {
    target: Target,
    scenario: Scenario,
    /// The round in the middle.
    breakdown: Breakdown,
    /// The most instructions of a round less the fewest, as a share of those in the middle.
    spread: f64,
}

/// Counts and prints; compares with the baseline, or replaces it. Answers with the figures, and
/// with failure when something has grown too much or has no baseline.
#[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
pub(super) fn run(rig: &Rig, arguments: &BenchArguments) -> anyhow::Result<(Value, ExitCode)> {
    let tools = Tools::find()?;
    let root = workspace_root()?;
    let before = Baseline::read(&root)?;
    let mut counted = Vec::new();
    for target in [Target::Echo, Target::Durable, Target::Memory] {
        counted.extend(rig.count_server(target, arguments)?);
    }
    counted.iter().for_each(|counted| println!("{counted}\n"));
    let ours = counted.iter().filter(|counted| counted.target != Target::Echo);
    let now = Baseline { tools, counts: ours.map(Counted::count).collect() };
    let figures = counted.iter().map(Counted::to_json).collect();
    let comparison = Comparison::new(before.as_ref(), &now);
    println!("{comparison}");
    let code = match arguments.update {
        true => now.write(&root).map(|()| ExitCode::SUCCESS)?,
        false => comparison.exit_code(),
    };
    Ok((figures, code))
}

impl Rig {
    /// Counts the operations of one server. The echo has only one answer, whatever it is asked.
    fn count_server(
        &self,
        target: Target,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Vec<Counted>> {
        let mut callgrind = Callgrind::start(&self.launch(target, "counts"), &self.scratch)?;
        let scenarios = match target {
            Target::Echo => &[Scenario::Get],
            Target::Durable | Target::Memory => arguments.scenarios_or(&SCENARIOS),
        };
        if target != Target::Echo {
            self.call(callgrind.server(), create_table())?;
            let items = ITEMS.to_string();
            self.load(callgrind.server().address(), FILL_CONNECTIONS, &["fill", &items])?;
        }
        let count =
            |&scenario| self.count_scenario(&mut callgrind, target, scenario, arguments.rounds);
        scenarios.iter().map(count).collect()
    }

    fn count_scenario(
        &self,
        callgrind: &mut Callgrind,
        target: Target,
        scenario: Scenario,
        rounds: usize,
    ) -> anyhow::Result<Counted> {
        let address = callgrind.server().address();
        let mut repeater = self.runtime.block_on(Repeater::open(address, scenario))?;
        self.runtime.block_on(repeater.send(WARM_UP))?;
        callgrind.begin()?;
        let mut counted = Vec::new();
        for _ in 0..rounds {
            self.runtime.block_on(repeater.send(REQUESTS))?;
            counted.push(Breakdown::new(&Profile::read(&callgrind.end()?)?, REQUESTS));
        }
        Ok(Counted::new(target, scenario, counted))
    }
}

impl Counted {
    fn new(target: Target, scenario: Scenario, mut rounds: Vec<Breakdown>) -> Self {
        rounds.sort_by(|a, b| a.instructions.total_cmp(&b.instructions));
        let of = |round: Option<&Breakdown>| round.map_or(f64::NAN, |round| round.instructions);
        let range = of(rounds.last()) - of(rounds.first());
        let breakdown = rounds.swap_remove(rounds.len() / 2);
        Self { target, scenario, spread: range / breakdown.instructions, breakdown }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was counted")]
    fn count(&self) -> (Name, u64) {
        let name = (self.target.to_string(), name(self.scenario));
        (name, self.breakdown.instructions.round() as u64)
    }

    fn to_json(&self) -> Value {
        json!({
            "target": self.target.to_string(),
            "scenario": name(self.scenario),
            "spread": self.spread,
            "breakdown": self.breakdown.to_json(),
        })
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, scenario, breakdown, spread } = self;
        write!(
            f,
            "{target} {}: {:.0} instructions (rounds within {:.1} %), {:.1} allocations, {:.1} \
             system calls",
            name(*scenario),
            breakdown.instructions,
            spread * 100.0,
            breakdown.allocations,
            breakdown.system_calls,
        )?;
        breakdown.lines().iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}
