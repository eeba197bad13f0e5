//! Whole items of several sizes, got and put, as shares of the echo.
//!
//! The data of each size is about [`DATA_BYTES`]. For a get the echo answers with as many bytes as
//! Stator does, and for a put it reads as many: what remains is what Stator does with them.

use anyhow::ensure;
use serde_json::Value;
use testkit::load::Scenario;
use testkit::load::data::create_table;
use testkit::load::sized::{Items, answer_bytes};
use testkit::process::Server;

use super::rig::FILL_CONNECTIONS;
use super::table::{Row, Target, head, name};
use super::trio::Trio;
use super::{BenchArguments, Rig};

/// What is measured, unless the command line says otherwise, and all that can be.
const SCENARIOS: [Scenario; 2] = [Scenario::Get, Scenario::Put];
/// Connections, unless the command line says otherwise.
const CONNECTIONS: [usize; 1] = [32];
/// About how much data there is of each size, but for the number of items: not more than
/// [`ITEMS_MAX`], and one for each connection.
const DATA_BYTES: usize = 64 * 1024 * 1024;
const ITEMS_MAX: usize = 10_000;

impl Rig {
    /// Measures and prints a line for each scenario and size; answers with the figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn item_bytes(
        &self,
        sizes: &[usize],
        arguments: &BenchArguments,
    ) -> anyhow::Result<Value> {
        let scenarios = arguments.scenarios_or(&SCENARIOS);
        ensure!(
            scenarios.iter().all(|it| SCENARIOS.contains(it)),
            "--item-bytes has only get and put"
        );
        let connections = arguments.connections_or(&CONNECTIONS);
        let most = connections.iter().copied().max().unwrap_or_default();
        let all: Vec<Items> = sizes.iter().map(|bytes| items_of(*bytes, most)).collect();
        let mut trio = self.trio("item-bytes", |server| self.fill_sized(server, &all))?;
        let mut rows = Vec::new();
        println!("{}", head());
        for &scenario in scenarios {
            for &items in &all {
                trio.replace_echo(self.echo_for(scenario, items)?);
                for &connections in connections {
                    let row = self.sized(&trio, scenario, items, connections, arguments)?;
                    println!("{row}");
                    let mut figures = row.to_json();
                    figures["scenario"] = name(scenario).into();
                    figures["item_bytes"] = items.bytes.into();
                    rows.push(figures);
                }
            }
        }
        Ok(Value::Array(rows))
    }

    /// All rounds of one scenario at one size.
    fn sized(
        &self,
        trio: &Trio,
        scenario: Scenario,
        items: Items,
        connections: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Row> {
        let [bytes, count] = [items.bytes, items.count].map(|number| number.to_string());
        let milliseconds = arguments.milliseconds.to_string();
        let task = ["drive-sized", &name(scenario), &bytes, &count, &milliseconds];
        let rounds =
            trio.rounds(arguments.rounds, |_, address| self.measure(address, connections, &task))?;
        Ok(Row::named(format!("{} {bytes}", name(scenario)), connections, rounds))
    }

    /// A server with the items of all sizes.
    fn fill_sized(&self, server: &Server, all: &[Items]) -> anyhow::Result<()> {
        self.call(server, create_table())?;
        for Items { bytes, count } in all {
            let task = ["fill-sized", &bytes.to_string(), &count.to_string()];
            self.load(server.address(), FILL_CONNECTIONS, &task)?;
        }
        Ok(())
    }

    /// An echo that answers with as many bytes as Stator would, or, to a put, with a few.
    fn echo_for(&self, scenario: Scenario, items: Items) -> anyhow::Result<Server> {
        let mut launch = self.launch(Target::Echo, "item-bytes");
        if scenario == Scenario::Get {
            let bytes = answer_bytes(items.bytes).to_string();
            launch.arguments.extend(["--answer-bytes".into(), bytes.into()]);
        }
        launch.start()
    }
}

/// How many items of a size there are, so that each of so many connections has one.
fn items_of(bytes: usize, connections: usize) -> Items {
    Items { bytes, count: (DATA_BYTES / bytes).min(ITEMS_MAX).max(connections) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_items_are_many_and_large_ones_few_but_one_for_each_connection() {
        let counts = [100, 100 * 1024, 400 * 1024].map(|bytes| items_of(bytes, 32).count);
        assert_eq!(counts, [10_000, 655, 163]);
        assert_eq!(items_of(400 * 1024, 512).count, 512);
    }
}
