//! What a stream costs the puts of its table, how fast it is read, and how soon.

use std::fmt;

use serde_json::{Value, json};
use testkit::load::data::{create_table, create_table_with_stream};
use testkit::load::{ITEMS, Measured, Scenario};

use super::rig::each_engine;
use super::table::{Target, median, middle};
use super::{BenchArguments, CONNECTIONS, Rig};

/// Records that readers go through again and again.
const RECORDS: usize = 100_000;
/// Writes per second while readers wait for them, and the connections they come from.
const FOLLOWED_RATE: &str = "1000";
const FOLLOWED_CONNECTIONS: usize = 8;

/// Streams on one engine.
#[derive(Debug)]
struct Streamed {
    target: Target,
    /// Puts per second into a table without a stream, and into one with old and new images.
    plain: f64,
    streamed: f64,
    /// The median of the rounds' shares.
    share: f64,
    /// Records per second of readers of all shards.
    read: Measured,
    /// Records that were waited for: their latencies are from a write's sending to its reading.
    followed: Measured,
}

impl Rig {
    /// Measures and prints both engines; answers with the figures.
    pub(super) fn streams(&self, arguments: &BenchArguments) -> anyhow::Result<Value> {
        each_engine(|target| self.streamed(target, arguments), Streamed::to_json)
    }

    /// Measures all three, each in rounds.
    fn streamed(&self, target: Target, arguments: &BenchArguments) -> anyhow::Result<Streamed> {
        let rounds = self.puts_without_and_with(target, arguments)?;
        let puts = |of: usize| median(rounds.iter().map(|round| round[of]).collect());
        let share = median(rounds.iter().map(|[plain, streamed]| streamed / plain).collect());

        let server = self.launch(target, "read-stream").start()?;
        self.fill_table(&server, create_table_with_stream("KEYS_ONLY"), RECORDS)?;
        let milliseconds = arguments.milliseconds.to_string();
        let measure = |connections: usize, task: &[&str]| {
            let round = |_| self.measure(server.address(), connections, task);
            (0..arguments.rounds).map(round).collect::<Result<Vec<_>, _>>().map(middle)
        };
        let read = measure(1, &["read-stream", &milliseconds])?;
        let followed =
            measure(FOLLOWED_CONNECTIONS, &["follow-stream", FOLLOWED_RATE, &milliseconds])?;
        Ok(Streamed { target, plain: puts(0), streamed: puts(1), share, read, followed })
    }

    /// Puts per second into two servers in turn: without a stream, and with one.
    fn puts_without_and_with(
        &self,
        target: Target,
        arguments: &BenchArguments,
    ) -> anyhow::Result<Vec<[f64; 2]>> {
        let plain = self.launch(target, "no-stream").start()?;
        self.fill_table(&plain, create_table(), ITEMS)?;
        let streamed = self.launch(target, "stream").start()?;
        self.fill_table(&streamed, create_table_with_stream("NEW_AND_OLD_IMAGES"), ITEMS)?;
        let [_, connections] = CONNECTIONS;
        let puts = |address| {
            let measured = self.drive(address, Scenario::Put, connections, arguments);
            measured.map(|measured| measured.per_second)
        };
        (0..arguments.rounds)
            .map(|_| Ok([puts(plain.address())?, puts(streamed.address())?]))
            .collect()
    }
}

impl Streamed {
    /// For `--json`.
    fn to_json(&self) -> Value {
        json!({
            "target": self.target.to_string(),
            "puts_without": self.plain,
            "puts_with": self.streamed,
            "share": self.share,
            "read": self.read.to_json(),
            "followed": self.followed.to_json(),
        })
    }
}

impl fmt::Display for Streamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, plain, streamed, read, followed, .. } = self;
        writeln!(
            f,
            "{target}: {plain:.0} puts/s without a stream, {streamed:.0} with old and new images: \
             {:.0} %",
            self.share * 100.0,
        )?;
        writeln!(
            f,
            "{target}: {:.0} records/s read, keys only; an answer's p50 {:.1} ms, p99 {:.1} ms",
            read.per_second,
            milliseconds(read.p50_us),
            milliseconds(read.p99_us),
        )?;
        write!(
            f,
            "{target}: {:.0} writes/s read p50 {:.1} ms, p99 {:.1} ms after their sending",
            followed.per_second,
            milliseconds(followed.p50_us),
            milliseconds(followed.p99_us),
        )
    }
}

fn milliseconds(microseconds: u32) -> f64 {
    f64::from(microseconds) / 1000.0
}
