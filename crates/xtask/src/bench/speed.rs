//! Each scenario at each number of connections, as a share of the echo.

use clap::ValueEnum as _;
use serde_json::Value;
use testkit::load::{ITEMS, Scenario, items_for};

use super::table::{Row, head};
use super::{BenchArguments, CONNECTIONS, Rig};

impl Rig {
    /// Measures and prints a line of each; answers with the figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn speed(&self, arguments: &BenchArguments) -> anyhow::Result<Value> {
        let scenarios = arguments.scenarios_or(Scenario::value_variants());
        let connections = arguments.connections_or(&CONNECTIONS);
        let items = connections.iter().copied().map(items_for).max().unwrap_or(ITEMS);
        let trio = self.trio("speed", |server| self.fill(server, items))?;
        let mut rows = Vec::new();
        println!("{}", head());
        for (scenario, connections) in runs(scenarios, connections) {
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

/// Each scenario over each number of connections, save a hot counter without rivals.
pub(super) fn runs(scenarios: &[Scenario], connections: &[usize]) -> Vec<(Scenario, usize)> {
    let of = |&scenario| connections.iter().map(move |&many| (scenario, many));
    let runs = scenarios.iter().flat_map(of);
    runs.filter(|(scenario, many)| *scenario != Scenario::HotCounter || *many > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hot_counter_has_rivals() {
        let scenarios = [Scenario::Get, Scenario::HotCounter];
        let expected = [(Scenario::Get, 1), (Scenario::Get, 32), (Scenario::HotCounter, 32)];
        assert_eq!(runs(&scenarios, &[1, 32]), expected);
    }
}
