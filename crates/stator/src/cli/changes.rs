//! How `stator serve` keeps the changes of tables, and lets items expire.

use std::time::Duration;

use clap::Args;

use crate::{Builder, ExpiryOptions, StreamOptions};

/// Flags about streams and time to live.
#[derive(Debug, Args)]
pub(super) struct ChangesArguments {
    /// Shards of a new stream that take changes at a time
    #[arg(
        long,
        env = "STATOR_STREAM_SHARDS",
        value_name = "COUNT",
        default_value = "4",
        value_parser = clap::value_parser!(u32).range(1..=SHARDS_MAX)
    )]
    stream_shards: u32,
    /// How long a shard takes changes before another follows it
    #[arg(
        long,
        env = "STATOR_STREAM_SHARD_AGE",
        value_name = "TIME",
        default_value = "4h",
        value_parser = time
    )]
    stream_shard_age: Duration,
    /// How long a change can be read from a stream
    #[arg(
        long,
        env = "STATOR_STREAM_RETENTION",
        value_name = "TIME",
        default_value = "24h",
        value_parser = time
    )]
    stream_retention: Duration,
    /// How long after a change of a table's time to live the next one is refused; 0s for never
    #[arg(
        long,
        env = "STATOR_TTL_CHANGE_INTERVAL",
        value_name = "TIME",
        default_value = "1h",
        value_parser = humantime::parse_duration
    )]
    ttl_change_interval: Duration,
}

/// Most shards at a time. Each costs a look every second.
const SHARDS_MAX: i64 = 1000;

impl ChangesArguments {
    pub(super) fn apply(self, builder: Builder) -> Builder {
        let streams = StreamOptions {
            shards: self.stream_shards,
            shard_age: self.stream_shard_age,
            retention: self.stream_retention,
        };
        let expiry = ExpiryOptions { change_interval: self.ttl_change_interval };
        builder.streams(streams).expiry(expiry)
    }
}

/// What is looked for every second cannot last for less.
fn time(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let least = Duration::from_secs(1);
    if time < least { Err("the least is 1s".to_owned()) } else { Ok(time) }
}
