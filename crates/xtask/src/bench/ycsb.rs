//! YCSB's core workloads, as shares of the echo.
//!
//! `testkit::load::ycsb` says what they do, and with which operations of DynamoDB. They go over one
//! table in the order in which YCSB wants them run: those that insert come last. An operation of a
//! workload counts once, also where it is two requests; its latency is that of both. The echo gets
//! the same requests and answers all of them with 600 bytes.

use std::net::SocketAddr;

use anyhow::Context;
use clap::ValueEnum as _;
use serde_json::Value;
use testkit::load::Measured;
use testkit::load::ycsb::{Items, Workload, create_table};
use testkit::process::Server;

use super::rig::FILL_CONNECTIONS;
use super::table::{Row, Target, head};
use super::{BenchArguments, Rig};

/// Items that are loaded, unless the command line says otherwise.
const ITEMS: u64 = 100_000;
/// Connections of a workload, unless the command line says otherwise.
const CONNECTIONS: [usize; 1] = [32];

impl Rig {
    /// Measures and prints a line for each workload; answers with the figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn ycsb(
        &self,
        workloads: &[Workload],
        arguments: &BenchArguments,
    ) -> anyhow::Result<Value> {
        let loaded = arguments.items.unwrap_or(ITEMS);
        let trio = self.trio("ycsb", |server| self.fill_ycsb(server, loaded))?;
        // How many items there are, server by server: each inserts as many as it can.
        let mut there = Target::ALL.map(|_| loaded);
        let mut rows = Vec::new();
        println!("{}", head());
        for &workload in workloads {
            for &connections in arguments.connections_or(&CONNECTIONS) {
                let rounds = trio.rounds(arguments.rounds, |target, address| {
                    let there = &mut there[target as usize];
                    let items = Items { loaded, there: *there };
                    let (measured, now) =
                        self.drive_ycsb((address, connections), workload, items, arguments)?;
                    *there = now;
                    Ok(measured)
                })?;
                let row = Row::named(format!("ycsb-{}", name(workload)), connections, rounds);
                println!("{row}");
                rows.push(row.to_json());
            }
        }
        Ok(Value::Array(rows))
    }

    fn fill_ycsb(&self, server: &Server, items: u64) -> anyhow::Result<()> {
        self.call(server, create_table())?;
        self.load(server.address(), FILL_CONNECTIONS, &["fill-ycsb", &items.to_string()])?;
        Ok(())
    }

    /// One run; answers with how many items there are after it, too.
    fn drive_ycsb(
        &self,
        (to, connections): (SocketAddr, usize),
        workload: Workload,
        Items { loaded, there }: Items,
        arguments: &BenchArguments,
    ) -> anyhow::Result<(Measured, u64)> {
        let [loaded, there] = [loaded, there].map(|items| items.to_string());
        let milliseconds = arguments.milliseconds.to_string();
        let task = ["drive-ycsb", &name(workload), &loaded, &there, &milliseconds];
        let printed = self.load(to, connections, &task)?;
        let json: Value = serde_json::from_str(&printed)?;
        let measured = Measured::from_json(&json["measured"]).zip(json["items"].as_u64());
        measured.with_context(|| format!("the generator said {printed}"))
    }
}

/// What the command line calls a workload.
fn name(workload: Workload) -> String {
    workload.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
