//! Each scenario at each number of connections, as a share of the echo.

use clap::ValueEnum as _;
use serde_json::Value;
use testkit::load::{ITEMS, Scenario};

use super::table::{Row, head};
use super::{BenchArguments, CONNECTIONS, Rig};

impl Rig {
    /// Measures and prints a line of each; answers with the figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn speed(&self, arguments: &BenchArguments) -> anyhow::Result<Value> {
        let trio = self.trio("speed", |server| self.fill(server, ITEMS))?;
        let mut rows = Vec::new();
        println!("{}", head());
        for (scenario, connections) in runs(&arguments.only) {
            let rounds = trio.rounds(arguments.rounds, |_, address| {
                self.drive(address, scenario, connections, arguments)
            })?;
            let row = Row::new(scenario, connections, rounds);
            println!("{row}");
            rows.push(row.to_json());
        }
        Ok(Value::Array(rows))
    }
}

/// What is run, over how many connections: the scenarios that were asked for, all of them if none
/// was.
fn runs(only: &[Scenario]) -> impl Iterator<Item = (Scenario, usize)> {
    let asked = move |scenario: &Scenario| only.is_empty() || only.contains(scenario);
    let scenarios = Scenario::value_variants().iter().copied().filter(asked);
    let runs =
        scenarios.flat_map(|scenario| CONNECTIONS.map(|connections| (scenario, connections)));
    runs.filter(|(scenario, connections)| *scenario != Scenario::HotCounter || *connections > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hot_counter_has_rivals() {
        assert_eq!(runs(&[Scenario::HotCounter]).count(), 1);
        assert_eq!(runs(&[Scenario::Get, Scenario::HotCounter]).count(), 3);
    }
}
