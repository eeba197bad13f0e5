//! What puts lose while an index that was added is backfilled.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use testkit::load::Scenario;
use testkit::load::data::{create_index, describe_table};
use testkit::process::Server;

use super::rig::each_engine;
use super::table::{Target, median};
use super::{BenchArguments, CONNECTIONS, Rig};

/// Puts per second before and during a backfill.
#[derive(Debug)]
struct Backfill {
    target: Target,
    items: usize,
    took: Duration,
    before: f64,
    during: f64,
}

impl Rig {
    /// Measures and prints both engines; answers with the figures.
    pub(super) fn backfills(
        &self,
        items: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Value> {
        each_engine(|target| self.backfill(target, items, arguments), Backfill::to_json)
    }

    /// Fills a table, adds an index that carries everything, and puts until it is active.
    fn backfill(
        &self,
        target: Target,
        items: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Backfill> {
        let server = self.launch(target, "backfill").start()?;
        self.fill(&server, items)?;
        let [_, connections] = CONNECTIONS;
        let puts = || {
            let measured = self.drive(server.address(), Scenario::Put, connections, arguments);
            measured.map(|measured| measured.per_second)
        };
        let before: Vec<f64> = (0..arguments.rounds).map(|_| puts()).collect::<Result<_, _>>()?;
        self.call(&server, create_index())?;
        let begun = Instant::now();
        let mut during = Vec::new();
        while !self.is_active(&server)? {
            during.push(puts()?);
        }
        let took = begun.elapsed();
        ensure!(during.len() > 1, "the backfill took only {took:?}: more items, or shorter runs");
        // The last run outlasted the backfill.
        during.pop();
        Ok(Backfill { target, items, took, before: median(before), during: median(during) })
    }

    fn is_active(&self, server: &Server) -> anyhow::Result<bool> {
        let answer = self.call(server, describe_table())?;
        let index = answer.pointer("/Table/GlobalSecondaryIndexes/0").context("the index")?;
        Ok(index["IndexStatus"] == "ACTIVE")
    }
}

impl Backfill {
    /// For `--json`.
    fn to_json(&self) -> Value {
        json!({
            "target": self.target.to_string(),
            "items": self.items,
            "seconds": self.took.as_secs_f64(),
            "puts_before": self.before,
            "puts_during": self.during,
        })
    }
}

impl fmt::Display for Backfill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} items backfilled in {:.1} s; {:.0} puts/s before, {:.0} meanwhile: {:.0} %",
            self.target,
            self.items,
            self.took.as_secs_f64(),
            self.before,
            self.during,
            100.0 * self.during / self.before,
        )
    }
}
