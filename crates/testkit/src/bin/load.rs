//! The load generator as a process: drives one server, prints one line of JSON.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Parser, Subcommand};
use serde_json::json;
use stator_testkit::load::{
    self, Scenario, growth, indexes, open, scan, signed, sized, streams, ycsb,
};
use tokio::runtime::Builder;

#[derive(Debug, Parser)]
struct Arguments {
    /// The server.
    #[arg(long)]
    address: SocketAddr,
    /// Concurrent connections.
    #[arg(long, default_value_t = 1)]
    connections: usize,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Repeat a request for a while, and measure.
    Drive {
        /// What to repeat.
        scenario: Scenario,
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Send requests at an even pace, whatever becomes of those before them, and measure.
    DriveOpen {
        /// What to send.
        scenario: Scenario,
        /// Requests per second, of all connections together.
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        rate: u32,
        /// How long requests come, in milliseconds.
        milliseconds: u64,
    },
    /// Write the bench's items.
    Fill {
        /// How many.
        items: usize,
    },
    /// Read the KEYS_ONLY stream of the bench's table over and over, each shard on a connection of
    /// its own.
    ReadStream {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Write at an even rate and measure how long changes take to be read from the KEYS_ONLY
    /// stream.
    FollowStream {
        /// Writes per second, of all connections together.
        rate: u32,
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Write items of even size at full speed, and print a line for each second.
    Grow {
        /// The first.
        first: usize,
        /// The one behind the last.
        last: usize,
    },
    /// Get the items that grew as `grow` does beside its writes, and nothing else.
    ReadGrown {
        /// How many items there are.
        items: usize,
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Repeat a request on the items that grew, each time on another one at random.
    DriveGrown {
        /// What to repeat.
        scenario: Scenario,
        /// How many items there are.
        items: usize,
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Read the bench's whole table by as many segments as there are connections, and again.
    Scan {
        /// How long at least, in milliseconds.
        milliseconds: u64,
    },
    /// Write items of one size.
    FillSized {
        /// The size of each, in bytes.
        bytes: usize,
        /// How many.
        count: usize,
    },
    /// Get or put whole items of one size.
    DriveSized {
        /// What to repeat.
        scenario: Scenario,
        /// The size of each, in bytes.
        bytes: usize,
        /// How many there are.
        count: usize,
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Write the items of YCSB's workloads.
    FillYcsb {
        /// How many.
        items: u64,
    },
    /// Do what a workload of YCSB does.
    DriveYcsb {
        /// Which.
        workload: ycsb::Workload,
        /// How many items were written before any workload.
        loaded: u64,
        /// How many there are, with those that workloads have inserted.
        there: u64,
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Create the bench's table on any server and write its items, with true signatures.
    SetUpSigned {
        /// How many.
        items: usize,
    },
    /// As `drive`, with true signatures.
    DriveSigned {
        /// What to repeat.
        scenario: Scenario,
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Query an index of the bench's table for a while, and measure.
    DriveIndex {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Write items that expire, behind the bench's.
    FillExpiring {
        /// How many.
        items: usize,
        /// When, in seconds since the epoch.
        until: u64,
    },
}

fn main() -> anyhow::Result<()> {
    let Arguments { address, connections, task } = Arguments::parse();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(carry_out(task, address, connections))
}

/// Does the task, and prints what it measured.
#[expect(clippy::print_stdout, reason = "its answer is a line on stdout")]
async fn carry_out(task: Task, address: SocketAddr, connections: usize) -> anyhow::Result<()> {
    let measured = match task {
        Task::Drive { scenario, milliseconds } => {
            let lasting = Duration::from_millis(milliseconds);
            load::drive(address, scenario, connections, lasting).await?.to_json()
        }
        Task::DriveOpen { scenario, rate, milliseconds } => {
            let pace =
                open::Pace { rate, connections, lasting: Duration::from_millis(milliseconds) };
            open::drive(address, scenario, pace).await?.to_json()
        }
        Task::Fill { items } => return load::fill(address, items, connections).await,
        Task::ReadStream { milliseconds } => {
            streams::read(address, Duration::from_millis(milliseconds)).await?.to_json()
        }
        Task::FollowStream { rate, milliseconds } => {
            let pace = streams::Pace { rate, connections };
            streams::follow(address, pace, Duration::from_millis(milliseconds)).await?.to_json()
        }
        Task::Grow { first, last } => {
            let show = |second: growth::Second| println!("{}", second.to_json());
            return growth::grow(address, (first, last), connections, show).await;
        }
        Task::ReadGrown { items, milliseconds } => {
            growth::read_alone(address, items, Duration::from_millis(milliseconds)).await?.to_json()
        }
        Task::DriveGrown { scenario, items, milliseconds } => {
            let lasting = Duration::from_millis(milliseconds);
            growth::drive(address, scenario, items, connections, lasting).await?.to_json()
        }
        Task::Scan { milliseconds } => {
            scan::scan(address, connections, Duration::from_millis(milliseconds)).await?.to_json()
        }
        Task::FillSized { bytes, count } => {
            return sized::fill(address, sized::Items { bytes, count }, connections).await;
        }
        Task::DriveSized { scenario, bytes, count, milliseconds } => {
            let (items, lasting) =
                (sized::Items { bytes, count }, Duration::from_millis(milliseconds));
            sized::drive(address, scenario, items, connections, lasting).await?.to_json()
        }
        Task::FillYcsb { items } => return ycsb::fill(address, items, connections).await,
        Task::DriveYcsb { workload, loaded, there, milliseconds } => {
            let (items, lasting) =
                (ycsb::Items { loaded, there }, Duration::from_millis(milliseconds));
            let (measured, there) =
                ycsb::drive(address, workload, items, connections, lasting).await?;
            json!({"measured": measured.to_json(), "items": there})
        }
        Task::SetUpSigned { items } => return signed::set_up(address, items, connections).await,
        Task::DriveSigned { scenario, milliseconds } => {
            let lasting = Duration::from_millis(milliseconds);
            signed::drive(address, scenario, connections, lasting).await?.to_json()
        }
        Task::DriveIndex { milliseconds } => {
            let lasting = Duration::from_millis(milliseconds);
            indexes::drive(address, connections, lasting).await?.to_json()
        }
        Task::FillExpiring { items, until } => {
            return load::fill_expiring(address, items, until, connections).await;
        }
    };
    println!("{measured}");
    Ok(())
}
