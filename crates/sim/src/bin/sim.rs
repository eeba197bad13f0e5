//! Runs the simulator: some seeds, many, or one with all that happens.
#![expect(clippy::print_stdout, reason = "a command tells what it finds")]

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use stator_sim::seeds::{Kept, run_all};

/// The whole server in one thread, from one seed.
#[derive(Debug, Parser)]
struct Arguments {
    /// Runs this seed alone, twice, and prints what happened; with what `tests/seeds.txt` says behind
    /// it, only that much of its plan.
    #[arg(long, num_args = 1..)]
    seed: Vec<String>,
    /// So many seeds.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// A hundred thousand seeds.
    #[arg(long)]
    full: bool,
    /// Says what the server logs, too, as `RUST_LOG` would.
    #[arg(long)]
    log: Option<String>,
}

const FULL: u64 = 100_000;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(filter) = &arguments.log {
        let filter = tracing_subscriber::EnvFilter::new(filter);
        tracing_subscriber::fmt().with_env_filter(filter).without_time().init();
    }
    match arguments.seed.is_empty() {
        true => many(&arguments),
        false => one(&arguments.seed.join(" ")),
    }
}

fn one(line: &str) -> anyhow::Result<ExitCode> {
    let kept = Kept::parse(line)?.ok_or_else(|| anyhow::anyhow!("a seed is a number"))?;
    let dir = tempfile::tempdir()?;
    let outcome = kept.run(dir.path(), true);
    outcome.trace.iter().for_each(|line| println!("{line}"));
    let again = kept.run(dir.path(), false).digest;
    println!("digest {:016x}, and again {again:016x}", outcome.digest);
    let is_right = outcome.violations.is_empty() && again == outcome.digest;
    println!("{}", if is_right { "nothing is wrong" } else { "FAILED" });
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn many(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let count = if arguments.full { FULL } else { arguments.seeds };
    let seeds: Vec<Kept> = (arguments.from..arguments.from + count).map(Kept::whole).collect();
    let begun = Instant::now();
    let tally = run_all(&seeds, 1)?;
    let took = begun.elapsed().as_secs_f64();
    println!("{} seeds, {} requests, {took:.1} s", tally.seeds, tally.requests);
    let dir = tempfile::tempdir()?;
    for (kept, violations) in &tally.failed {
        println!("seed {} FAILED: {}", kept.seed, violations.join("\n    "));
        println!("  for tests/seeds.txt: {}", kept.minimised(dir.path()).line());
    }
    Ok(if tally.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
