//! What one run of the bench measures.
//!
//! The command line has an option for each subject but the ordinary one, which is speed. To add a
//! subject: an option in [`Choice`], a variant of [`Subject`], and whatever the compiler misses
//! then. Options that say how to measure, rather than what, belong to the bench's own arguments.

use std::num::ParseIntError;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use testkit::load::sized::ITEM_BYTES;
use testkit::load::ycsb::Workload;

use super::{BenchArguments, Rig, counts};

/// The options that choose a subject: at most one of them.
#[derive(Debug, Clone, Default, Args)]
#[group(multiple = false)]
pub struct Choice {
    /// Measure puts while so many items are backfilled, and nothing else.
    #[arg(long, value_name = "ITEMS")]
    backfill: Option<usize>,
    /// Measure streams, and nothing else.
    #[arg(long)]
    streams: bool,
    /// Measure how soon so many items go that expire at once, and the latencies meanwhile, and
    /// nothing else.
    #[arg(long, value_name = "ITEMS")]
    expiry: Option<usize>,
    /// Load so many items, measure at each size on the way, and nothing else.
    #[arg(long, value_name = "ITEMS")]
    size: Option<usize>,
    /// Measure latencies while so many requests a second come, whatever has become of those before
    /// them, and nothing else.
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u32).range(1..))]
    open_loop: Option<u32>,
    /// Measure these core workloads of YCSB, all of them by default, and nothing else.
    #[arg(
        long,
        value_enum,
        value_name = "WORKLOADS",
        num_args = 0..=1,
        value_delimiter = ',',
        default_missing_values = ["a", "b", "c", "f", "d", "e"],
    )]
    ycsb: Vec<Workload>,
    /// Measure other servers beside Stator, and nothing else; the first time, install them.
    #[arg(long)]
    peers: bool,
    /// Measure what so many tables cost, and what indexes do, and nothing else.
    #[arg(long, value_name = "TABLES")]
    tables: Option<usize>,
    /// Measure gets and puts of items of these sizes, from 100 bytes to 400 KB by default, and
    /// nothing else.
    #[arg(
        long,
        value_name = "BYTES",
        num_args = 0..=1,
        value_delimiter = ',',
        value_parser = item_bytes,
        default_missing_values = ["100", "1024", "10240", "102400", "409600"],
    )]
    item_bytes: Vec<usize>,
    /// Count the instructions of requests and compare them with the committed baseline, and
    /// nothing else; fails where they have grown by more than 3 %. Needs Valgrind.
    #[arg(long)]
    counts: bool,
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// Each scenario as a share of the echo; start-up and memory.
    Speed,
    /// Puts while an index is backfilled.
    Backfill { items: usize },
    /// What a stream costs, and how fast it is read.
    Streams,
    /// Requests while items are removed that expired at once.
    Expiry { items: usize },
    /// A table that grows.
    Size { items: usize },
    /// Latencies at an even pace, in requests per second.
    OpenLoop { rate: u32 },
    /// YCSB's core workloads.
    Ycsb { workloads: Vec<Workload> },
    /// Other servers, beside Stator.
    Peers,
    /// Many tables, and many indexes.
    Tables { count: usize },
    /// Whole items of several sizes, in bytes.
    ItemBytes { sizes: Vec<usize> },
    /// Instructions of requests.
    Counts,
}

impl Choice {
    /// The subject of the option that was given.
    pub(super) fn subject(&self) -> Subject {
        let Self {
            backfill,
            streams,
            expiry,
            size,
            open_loop,
            ycsb,
            peers,
            tables,
            item_bytes,
            counts,
        } = self.clone();
        let given = [
            backfill.map(|items| Subject::Backfill { items }),
            streams.then_some(Subject::Streams),
            expiry.map(|items| Subject::Expiry { items }),
            size.map(|items| Subject::Size { items }),
            open_loop.map(|rate| Subject::OpenLoop { rate }),
            (!ycsb.is_empty()).then_some(Subject::Ycsb { workloads: ycsb }),
            peers.then_some(Subject::Peers),
            tables.map(|count| Subject::Tables { count }),
            (!item_bytes.is_empty()).then_some(Subject::ItemBytes { sizes: item_bytes }),
            counts.then_some(Subject::Counts),
        ];
        given.into_iter().flatten().next().unwrap_or(Subject::Speed)
    }
}

impl Subject {
    /// Measures and prints; answers with the figures, for `--json`, and with failure where they
    /// are not what they should be.
    pub(super) fn measure(
        self,
        rig: &Rig,
        arguments: &BenchArguments,
    ) -> anyhow::Result<(Value, ExitCode)> {
        let figures = match self {
            Self::Speed => json!({
                "speed": rig.speed(arguments)?,
                "footprint": rig.footprints()?,
            }),
            Self::Backfill { items } => json!({"backfill": rig.backfills(items, arguments)?}),
            Self::Streams => json!({"streams": rig.streams(arguments)?}),
            Self::Expiry { items } => json!({"expiry": rig.expiries(items, arguments)?}),
            Self::Size { items } => json!({"size": rig.sizes(items, arguments)?}),
            Self::OpenLoop { rate } => json!({"open_loop": rig.open_loop(rate, arguments)?}),
            Self::Ycsb { workloads } => json!({"ycsb": rig.ycsb(&workloads, arguments)?}),
            Self::Peers => json!({"peers": rig.peers(arguments)?}),
            Self::Tables { count } => json!({"tables": rig.tables(count, arguments)?}),
            Self::ItemBytes { sizes } => {
                json!({"item_bytes": rig.item_bytes(&sizes, arguments)?})
            }
            Self::Counts => {
                let (figures, code) = counts::run(rig, arguments)?;
                return Ok((json!({"counts": figures}), code));
            }
        };
        Ok((figures, ExitCode::SUCCESS))
    }
}

/// A size that an item may have.
fn item_bytes(text: &str) -> Result<usize, String> {
    let bytes = text.parse().map_err(|error: ParseIntError| error.to_string())?;
    let (least, most) = (ITEM_BYTES.start(), ITEM_BYTES.end());
    if !ITEM_BYTES.contains(&bytes) {
        return Err(format!("an item has {least} to {most} bytes here"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::BenchArguments;
    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: BenchArguments,
    }

    fn subject(line: &str) -> Option<Subject> {
        let parsed = Line::try_parse_from(["bench"].into_iter().chain(line.split_whitespace()));
        parsed.ok().map(|line| line.arguments.choice.subject())
    }

    #[test]
    fn each_option_chooses_its_subject_and_none_is_speed() {
        let items = 7;
        for (line, expected) in [
            ("", Subject::Speed),
            ("--rounds 3 --milliseconds 10 --only get,put --json f", Subject::Speed),
            ("--connections 1,512", Subject::Speed),
            ("--backfill 7", Subject::Backfill { items }),
            ("--streams", Subject::Streams),
            ("--expiry 7 --only get", Subject::Expiry { items }),
            ("--size 7 --memory 2GiB", Subject::Size { items }),
            ("--open-loop 7 --connections 8", Subject::OpenLoop { rate: 7 }),
            ("--item-bytes 64,409600", Subject::ItemBytes { sizes: vec![64, 409_600] }),
            ("--ycsb a,d --items 7", Subject::Ycsb { workloads: vec![Workload::A, Workload::D] }),
            ("--peers --dynamodb-local folder", Subject::Peers),
            ("--tables 7", Subject::Tables { count: 7 }),
            ("--counts --update --only get", Subject::Counts),
        ] {
            assert_eq!(subject(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn without_a_value_all_workloads_are_chosen_and_those_that_insert_come_last() {
        let Some(Subject::Ycsb { workloads }) = subject("--ycsb --rounds 1") else { panic!() };
        let [a, b, c, f, d, e] = workloads[..] else { panic!("{workloads:?}") };
        assert_eq!([a, b, c, f], [Workload::A, Workload::B, Workload::C, Workload::F]);
        assert_eq!([d, e], [Workload::D, Workload::E]);
    }

    #[test]
    fn sizes_are_those_that_items_may_have() {
        let Some(Subject::ItemBytes { sizes }) = subject("--item-bytes") else { panic!() };
        assert_eq!(sizes, [100, 1024, 10 * 1024, 100 * 1024, 400 * 1024]);
        assert_eq!(subject("--item-bytes 100,409601"), None);
        assert_eq!(subject("--item-bytes 63"), None);
    }

    #[test]
    fn two_subjects_are_refused() {
        assert_eq!(subject("--streams --size 7"), None);
        assert_eq!(subject("--backfill 7 --expiry 7"), None);
    }

    #[test]
    fn options_that_would_not_count_are_refused() {
        assert_eq!(subject("--connections 8,0"), None);
        assert_eq!(subject("--connections 8 --size 7"), None);
        assert_eq!(subject("--ycsb a --only get"), None);
        assert_eq!(subject("--items 7"), None);
        assert_eq!(subject("--rounds 0"), None);
    }
}
