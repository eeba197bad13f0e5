//! `bench --peers`: other servers that speak DynamoDB's language, and Stator, in one run.
//!
//! Everybody gets the same table, the same items through the API, and the same requests with
//! true signatures, in turns: echo, Stator, each peer, and again. First all are durable, as far as
//! each is by its own documentation, then all are in memory. A peer that is not to be had here, or
//! that refuses a scenario, is a line that says why. What the figures do not compare is printed
//! beneath them: who syncs, who verifies signatures, who encrypts.
//!
//! Recipes install what they need, in pinned versions, into `xtask/peers` of cargo's target
//! directory, once.

mod recipe;
mod report;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum as _;
use serde_json::{Value, json};
use testkit::load::{ITEMS, Measured, Scenario, items_for};
use testkit::process::{Server, free_address};

use self::recipe::{Peer, STATOR_FACTS, Start};
use self::report::{Absent, Round, Row, facts, heading, notes, started};
use super::speed::runs;
use super::table::{Target, name};
use super::{BenchArguments, CONNECTIONS, FILL_CONNECTIONS, Rig};

/// A server that runs and has the items.
#[derive(Debug)]
struct Contestant {
    name: String,
    server: Server,
}

/// A peer that is installed, and where.
#[derive(Debug)]
struct Installed {
    peer: Peer,
    folder: PathBuf,
}

impl Rig {
    /// Measures and prints; answers with the figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn peers(&self, arguments: &BenchArguments) -> anyhow::Result<Value> {
        let mut absent = Vec::new();
        let mut installed = Vec::new();
        for peer in Peer::ALL {
            match self.install(peer, arguments) {
                Ok(folder) => installed.push(Installed { peer, folder }),
                Err(reason) => absent.push(Absent::new(peer, None, &reason)),
            }
        }
        let (mut rows, mut servers) = (Vec::new(), Vec::new());
        let connections = arguments.connections_or(&CONNECTIONS);
        let items = connections.iter().copied().map(items_for).max().unwrap_or(ITEMS);
        println!("{items} items for everybody.");
        for storage in [Target::Durable, Target::Memory] {
            let contestants = self.contestants(storage, items, &installed, &mut absent)?;
            let measured = self.compare(storage, &contestants, arguments)?;
            rows.extend(measured.iter().map(|row| row.to_json(&names(&contestants))));
            for Contestant { name, server } in &contestants {
                let resident = server.resident_bytes()?;
                println!("{}", started(name, server.first_answer_after, resident));
                servers.push(json!({
                    "name": name,
                    "storage": storage.to_string(),
                    "first_answer_ms": server.first_answer_after.as_secs_f64() * 1000.0,
                    "resident_bytes": resident,
                }));
            }
        }
        absent.iter().for_each(|absent| println!("{absent}"));
        print!("{}", facts());
        Ok(json!({
            "items": items,
            "rows": rows,
            "servers": servers,
            "absent": absent.iter().map(Absent::to_json).collect::<Value>(),
            "facts": recipe::facts_json(),
        }))
    }

    fn install(&self, peer: Peer, arguments: &BenchArguments) -> anyhow::Result<PathBuf> {
        let folder = match (peer, &arguments.dynamodb_local) {
            (Peer::DynamoDbLocal, Some(given)) => std::path::absolute(given)?,
            _ => self.scratch.with_file_name("peers").join(peer.folder()),
        };
        peer.install(&folder)?;
        Ok(folder)
    }

    /// Starts and fills Stator, which must succeed, and every peer, which may not.
    fn contestants(
        &self,
        storage: Target,
        items: usize,
        installed: &[Installed],
        absent: &mut Vec<Absent>,
    ) -> anyhow::Result<Vec<Contestant>> {
        let stator = self.launch(storage, "peers").start()?;
        self.set_up(&stator, items)?;
        let mut contestants = vec![Contestant { name: STATOR_FACTS.name(), server: stator }];
        for Installed { peer, folder } in installed {
            let begun = self.start_peer(*peer, folder, storage);
            match begun.and_then(|server| self.set_up(&server, items).map(|()| server)) {
                Ok(server) => contestants.push(Contestant { name: peer.facts().name(), server }),
                Err(reason) => absent.push(Absent::new(*peer, Some(storage), &reason)),
            }
        }
        Ok(contestants)
    }

    fn start_peer(&self, peer: Peer, folder: &Path, storage: Target) -> anyhow::Result<Server> {
        let address = free_address()?;
        let data = self.scratch.join("peers").join(format!("{}-{storage}", peer.folder()));
        fs::create_dir_all(&data).with_context(|| data.display().to_string())?;
        peer.launch(folder, &Start { storage, address, data: &data })?.start_at(address)
    }

    fn set_up(&self, server: &Server, items: usize) -> anyhow::Result<()> {
        let items = items.to_string();
        self.load(server.address(), FILL_CONNECTIONS, &["set-up-signed", &items]).map(drop)
    }

    /// Measures every scenario with all of them, and prints each row as soon as it is there.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    fn compare(
        &self,
        storage: Target,
        contestants: &[Contestant],
        arguments: &BenchArguments,
    ) -> anyhow::Result<Vec<Row>> {
        let echo = self.launch(Target::Echo, &format!("peers-{storage}")).start()?;
        println!("\n{}", heading(storage, &names(contestants)));
        let mut rows = Vec::new();
        let scenarios = arguments.scenarios_or(Scenario::value_variants());
        for (scenario, connections) in runs(scenarios, arguments.connections_or(&CONNECTIONS)) {
            let run = |server: &Server| {
                let milliseconds = arguments.milliseconds.to_string();
                let task = ["drive-signed", &name(scenario), &milliseconds];
                self.measure(server.address(), connections, &task)
            };
            let rounds = rounds(arguments.rounds, &echo, contestants, run)?;
            let row = Row::new(storage, scenario, connections, rounds);
            println!("{row}");
            rows.push(row);
        }
        print!("{}", notes(&rows, &names(contestants)));
        Ok(rows)
    }
}

/// Alternates between echo and all servers. Who refuses once is not asked again.
fn rounds(
    count: usize,
    echo: &Server,
    contestants: &[Contestant],
    run: impl Fn(&Server) -> anyhow::Result<Measured>,
) -> anyhow::Result<Vec<Round>> {
    let mut rounds: Vec<Round> = Vec::new();
    for _ in 0..count {
        let echo = run(echo)?;
        let mut servers = Vec::new();
        for (place, contestant) in contestants.iter().enumerate() {
            let refused = rounds.last().and_then(|round| round.servers[place].clone().err());
            servers.push(match refused {
                Some(refused) => Err(refused),
                None => run(&contestant.server).map_err(|error| words(&error)),
            });
        }
        rounds.push(Round { echo, servers });
    }
    Ok(rounds)
}

/// What a generator ended with, without how it was called.
fn words(error: &anyhow::Error) -> String {
    let error = error.to_string();
    let words = error.split_once("Error: ").map_or(error.as_str(), |(_, words)| words);
    words.trim_end().to_owned()
}

fn names(contestants: &[Contestant]) -> Vec<&str> {
    contestants.iter().map(|contestant| contestant.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_generator() {
        let error = anyhow::anyhow!("[\"drive-signed\"] failed: Error: answered 400: {{}}\n");
        assert_eq!(words(&error), "answered 400: {}");
        assert_eq!(words(&anyhow::anyhow!("another one")), "another one");
    }
}
