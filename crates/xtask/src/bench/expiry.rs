//! How soon items go that expire all at once, and what requests lose meanwhile.

use std::fmt;
use std::time::{Duration, SystemTime};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use testkit::load::data::{describe_table, enable_expiry};
use testkit::load::{ITEMS, Measured, Scenario};
use testkit::process::Server;

use super::rig::each_engine;
use super::table::{Target, middle, name};
use super::{BenchArguments, CONNECTIONS, FILL_CONNECTIONS, Rig};

/// What requests do meanwhile, unless the command line says otherwise.
const SCENARIOS: [Scenario; 2] = [Scenario::Get, Scenario::Put];
/// How many items a second are written at least, before they expire.
const FILL_PER_SECOND: usize = 5000;
/// Time for the rounds before items expire, besides their own length.
const SPARE: Duration = Duration::from_secs(10);

/// How long items that expired were there, and the latencies of requests on others.
#[derive(Debug)]
struct Expiry {
    target: Target,
    items: usize,
    gone_after: Duration,
    latencies: Vec<Latencies>,
}

/// One scenario's, in the middle of all rounds.
#[derive(Debug)]
struct Latencies {
    scenario: Scenario,
    before: Measured,
    during: Measured,
}

impl Rig {
    /// Measures and prints both engines; answers with the figures.
    pub(super) fn expiries(
        &self,
        items: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Value> {
        each_engine(|target| self.expiry(target, items, arguments), Expiry::to_json)
    }

    /// Fills a table with items that stay and others that expire at one moment, waits for it, and
    /// sends requests for the former until the latter are gone.
    fn expiry(
        &self,
        target: Target,
        items: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Expiry> {
        let server = self.launch(target, "expiry").start()?;
        self.fill(&server, ITEMS)?;
        self.call(&server, enable_expiry())?;
        let scenarios = arguments.scenarios_or(&SCENARIOS);
        let rounds = u32::try_from(arguments.rounds * scenarios.len())?;
        let measuring = Duration::from_millis(arguments.milliseconds) * rounds;
        let filling = Duration::from_secs((items / FILL_PER_SECOND) as u64);
        let until = (since_epoch()? + filling + measuring + SPARE).as_secs();
        let task = ["fill-expiring", &items.to_string(), &until.to_string()];
        self.load(server.address(), FILL_CONNECTIONS, &task)?;
        let before = (0..arguments.rounds).map(|_| self.latencies(&server, arguments));
        let before = before.collect::<anyhow::Result<Vec<_>>>()?;
        // An item goes once the second has passed.
        let due = Duration::from_secs(until + 1);
        let wait =
            due.checked_sub(since_epoch()?).context("the items expired before all was set")?;
        std::thread::sleep(wait);
        let mut during = Vec::new();
        while self.count(&server)? > ITEMS {
            during.push(self.latencies(&server, arguments)?);
        }
        let gone_after = since_epoch()?.saturating_sub(due);
        ensure!(!during.is_empty(), "the items were gone at once: more of them, or shorter runs");
        let latencies = scenarios.iter().enumerate().map(|(place, &scenario)| {
            let [before, during] = [&before, &during]
                .map(|rounds| middle(rounds.iter().map(|round| round[place]).collect()));
            Latencies { scenario, before, during }
        });
        Ok(Expiry { target, items, gone_after, latencies: latencies.collect() })
    }

    /// One round: each scenario once.
    fn latencies(
        &self,
        server: &Server,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Vec<Measured>> {
        let [_, connections] = CONNECTIONS;
        let drive = |&scenario| self.drive(server.address(), scenario, connections, arguments);
        arguments.scenarios_or(&SCENARIOS).iter().map(drive).collect()
    }

    fn count(&self, server: &Server) -> anyhow::Result<usize> {
        let answer = self.call(server, describe_table())?;
        let count = answer["Table"]["ItemCount"].as_u64().context("the number of items")?;
        Ok(usize::try_from(count)?)
    }
}

impl Expiry {
    /// For `--json`.
    fn to_json(&self) -> Value {
        let latencies = self.latencies.iter().map(|latencies| {
            json!({
                "scenario": name(latencies.scenario),
                "before": latencies.before.to_json(),
                "during": latencies.during.to_json(),
            })
        });
        json!({
            "target": self.target.to_string(),
            "items": self.items,
            "seconds": self.gone_after.as_secs_f64(),
            "latencies": latencies.collect::<Value>(),
        })
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.gone_after.as_secs_f64();
        write!(f, "{}: {} items gone after {seconds:.1} s", self.target, self.items)?;
        for Latencies { scenario, before, during } in &self.latencies {
            let times = f64::from(during.p99_us) / f64::from(before.p99_us);
            write!(
                f,
                "; {} {:.0}/s p50 {} p99 {} µs before, {:.0}/s {} {} µs meanwhile: p99 × {times:.2}",
                name(*scenario),
                before.per_second,
                before.p50_us,
                before.p99_us,
                during.per_second,
                during.p50_us,
                during.p99_us,
            )?;
        }
        Ok(())
    }
}

fn since_epoch() -> anyhow::Result<Duration> {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("a clock of this century")
}
