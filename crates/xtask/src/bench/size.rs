//! How speed changes while a table grows: loading rates and latencies second by second, and the
//! shares of gets, queries and puts at each size.
//!
//! Items of 400 bytes go in by BatchWriteItem at full speed over eight connections, while one more
//! gets items at random. At each size the load pauses and requests are measured, first at once,
//! while the engine still merges, and then when it has come to rest. Keys are uniform, and no
//! request is repeated, so that nothing is in a cache but what the cache had kept.
//!
//! Gets over one connection are measured before the load ([`gets`]), at the first size, which is
//! small: those beside the writes are compared with them. At the end the whole table is read by Scan
//! ([`scans`]). What the system's cache holds of the files is told at each size ([`cache`]).

mod cache;
mod gets;
mod scans;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use testkit::load::Scenario;
use testkit::load::data::create_table;
use testkit::process::Server;

use self::cache::Cached;
use super::table::{Target, median, name};
use super::{BenchArguments, CONNECTIONS, FILL_CONNECTIONS, Rig};

/// Sizes at which requests are measured, those above what was asked for left out.
const SIZES: [usize; 10] = [
    10_000, 100_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000, 10_000_000, 20_000_000,
    35_000_000, 50_000_000,
];
/// What is measured at each size.
const MEASURED: [Scenario; 3] = [Scenario::Get, Scenario::Query, Scenario::Put];
/// The data directory does not change any more when it has kept its size for so long.
const REST: Duration = Duration::from_secs(5);
/// How long the engine is waited for.
const REST_MAX: Duration = Duration::from_secs(300);

/// One second of loading.
#[derive(Debug, Clone, Default)]
struct Second {
    items: u64,
    writes_us: Vec<u64>,
    reads_us: Vec<u64>,
    resident_bytes: u64,
    disk_bytes: u64,
}

impl Rig {
    /// Loads, measures and prints; answers with all figures.
    #[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
    pub(super) fn sizes(&self, items: usize, arguments: &BenchArguments) -> anyhow::Result<Value> {
        let echo = self.launch(Target::Echo, "size").start()?;
        let mut launch = self.launch(Target::Durable, "size");
        launch
            .arguments
            .extend(arguments.memory.iter().flat_map(|memory| ["--memory".into(), memory.into()]));
        let data = self.scratch.join("size").join("data");
        let server = launch.start()?;
        self.call(&server, create_table())?;
        let (mut figures, mut gets) = (Vec::new(), None);
        let mut loaded = 0;
        for size in SIZES.into_iter().filter(|size| *size < items).chain([items]) {
            let seconds = self.grow(&server, &data, (loaded, size))?;
            loaded = size;
            let at_once = self.shares(&echo, &server, size, arguments)?;
            let rested = wait_for_rest(&data)?;
            let cached = Cached::below(&data)?;
            let at_rest = self.shares(&echo, &server, size, arguments)?;
            println!("{}", line(size, &seconds, [&at_once, &at_rest]));
            println!("{size:>9} items  {cached}");
            match &mut gets {
                None => gets = Some(self.gets_before(&server, size)?),
                Some(gets) => gets.extend(&seconds),
            }
            figures.push(json!({
                "items": size,
                "seconds": seconds.iter().map(Second::to_json).collect::<Value>(),
                "shares_at_once": at_once,
                "shares_at_rest": at_rest,
                "rest_after_s": rested.as_secs_f64(),
                "disk_bytes_at_rest": bytes_below(&data)?,
                "cached_at_rest": cached.to_json(),
            }));
        }
        if let Some(gets) = &gets {
            println!("{gets}");
        }
        let scans = self.scans(&server, loaded, arguments)?;
        let begun = Instant::now();
        server.stop()?;
        let closed = begun.elapsed();
        let opened = launch.start()?.first_answer_after;
        println!("closed in {closed:.1?}, first answer after {opened:.1?}");
        Ok(json!({
            "sizes": figures,
            "gets": gets.map(|gets| gets.to_json()),
            "scans": scans,
            "close_s": closed.as_secs_f64(),
            "open_s": opened.as_secs_f64(),
        }))
    }

    /// Loads the items of these numbers.
    fn grow(
        &self,
        server: &Server,
        data: &Path,
        (first, last): (usize, usize),
    ) -> anyhow::Result<Vec<Second>> {
        let mut child = Command::new(&self.load)
            .args(["--address", &server.address().to_string()])
            .args(["--connections", &FILL_CONNECTIONS.to_string()])
            .args(["grow", &first.to_string(), &last.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let printed = child.stdout.take().context("its output is piped")?;
        let mut seconds = Vec::new();
        for line in BufReader::new(printed).lines() {
            let line: Value = serde_json::from_str(&line?)?;
            let latencies = |name: &str| -> Option<Vec<u64>> {
                line[name].as_array()?.iter().map(Value::as_u64).collect()
            };
            seconds.push(Second {
                items: line["items"].as_u64().context("items")?,
                writes_us: latencies("writes_us").context("writes")?,
                reads_us: latencies("reads_us").context("reads")?,
                resident_bytes: server.resident_bytes()?,
                disk_bytes: bytes_below(data)?,
            });
        }
        ensure!(child.wait()?.success(), "the load has failed");
        Ok(seconds)
    }

    /// What the server does of each scenario, as a share of the echo.
    fn shares(
        &self,
        echo: &Server,
        server: &Server,
        items: usize,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Value> {
        let [_, connections] = CONNECTIONS;
        let (items, length) = (items.to_string(), arguments.milliseconds.to_string());
        let mut shares = serde_json::Map::new();
        for scenario in MEASURED {
            let task = ["drive-grown", &name(scenario), &items, &length];
            let mut rounds = Vec::new();
            let mut latencies = Vec::new();
            for _ in 0..arguments.rounds {
                let bare = self.measure(echo.address(), connections, &task)?;
                let measured = self.measure(server.address(), connections, &task)?;
                rounds.push(measured.per_second / bare.per_second);
                latencies.push(f64::from(measured.p99_us));
            }
            let figures = json!({"share": median(rounds), "p99_us": median(latencies)});
            shares.insert(name(scenario), figures);
        }
        Ok(Value::Object(shares))
    }
}

impl Second {
    fn to_json(&self) -> Value {
        json!({
            "items": self.items,
            "writes_us": self.writes_us,
            "reads_us": self.reads_us,
            "resident_bytes": self.resident_bytes,
            "disk_bytes": self.disk_bytes,
        })
    }
}

/// What loading to a size was like, and what was measured then, in one line.
#[expect(clippy::cast_precision_loss, reason = "a few digits are what is shown")]
fn line(size: usize, seconds: &[Second], shares: [&Value; 2]) -> String {
    let items: u64 = seconds.iter().map(|second| second.items).sum();
    let worst = |latencies: fn(&Second) -> &Vec<u64>, at: usize| {
        let worst = seconds.iter().filter_map(|second| latencies(second).get(at)).max();
        worst.copied().unwrap_or_default() as f64 / 1000.0
    };
    let most = |bytes: fn(&Second) -> u64| {
        seconds.iter().map(bytes).max().unwrap_or_default() as f64 / f64::from(1 << 20)
    };
    let mut line = format!(
        "{size:>9} items  {:>7.0}/s  worst write {:>7.1} ms, of a second's p99.9 {:>6.1} ms  \
         read p99 {:>6.1} ms  {:>5.0} MiB resident, {:>6.0} MiB on disk ",
        items as f64 / seconds.len().max(1) as f64,
        worst(|second| &second.writes_us, 3),
        worst(|second| &second.writes_us, 2),
        worst(|second| &second.reads_us, 1),
        most(|second| second.resident_bytes),
        most(|second| second.disk_bytes),
    );
    for (when, shares) in ["at once", "at rest"].into_iter().zip(shares) {
        write!(line, " | {when}").expect("a text takes everything");
        for scenario in MEASURED {
            let share = shares[name(scenario)]["share"].as_f64().unwrap_or(f64::NAN) * 100.0;
            write!(line, " {} {share:.0} %", name(scenario)).expect("a text takes everything");
        }
    }
    line
}

/// Waits until the data directory keeps its size.
fn wait_for_rest(data: &Path) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let (mut bytes, mut since) = (bytes_below(data)?, Instant::now());
    while since.elapsed() < REST && begun.elapsed() < REST_MAX {
        std::thread::sleep(Duration::from_millis(200));
        let now = bytes_below(data)?;
        if now != bytes {
            (bytes, since) = (now, Instant::now());
        }
    }
    Ok(since.duration_since(begun))
}

/// The size of all files in a directory. One that goes meanwhile counts as none.
fn bytes_below(directory: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes += bytes_below(&entry.path())?,
            Ok(metadata) => bytes += metadata.len(),
            Err(_) => {}
        }
    }
    Ok(bytes)
}
