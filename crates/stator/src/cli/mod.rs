//! The command line.

mod banner;
mod changes;
mod core_dumps;
mod export;
mod file_handles;
mod import;
mod keys;
mod logging;
mod network;
mod offline;
mod progress;
mod scope;
mod serve;
mod streams;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// DynamoDB that you can own.
#[derive(Debug, Parser)]
#[command(name = "stator", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve DynamoDB's API.
    Serve(serve::ServeArguments),
    /// Write tables, settings and items to a file, encrypted unless --plain
    ///
    /// The server of the data must be stopped. The file carries everything but indexes, which
    /// `stator import` makes again, and does not depend on the version that wrote it.
    Export(export::ExportArguments),
    /// Read tables from a file that `stator export` wrote, or items from other files into a table
    ///
    /// The server of the data must be stopped. Of an export all tables are there at the end, or,
    /// whatever interrupts it, none. Files of items are DynamoDB's exports to S3 in DynamoDB JSON,
    /// the output of `aws dynamodb scan`, and requests of `aws dynamodb batch-write-item`; each may
    /// be gzip.
    Import(import::ImportArguments),
    /// Work with the keys that the data is encrypted under.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Look at the streams of a running server.
    #[command(subcommand)]
    Streams(streams::StreamsCommand),
}

/// Runs the program as the process's arguments and environment say.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error),
    };
    core_dumps::forbid();
    let done = match arguments.command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Keys(command) => keys::run(command),
        Command::Streams(command) => streams::run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{error:#}")),
    }
}

/// Help and version go to standard output and are no failure; a bad flag is one line and exit
/// code 1, as every other failure to start.
fn refused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr()
        || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        // Nobody is left to tell if this fails.
        let _ = error.print();
        return ExitCode::from(u8::from(error.use_stderr()));
    }
    let text = error.render().to_string();
    // The first paragraph is what is wrong; usage and hints follow it.
    let reason = text.split("\n\n").next().unwrap_or_default();
    failed(reason.strip_prefix("error: ").unwrap_or(reason))
}

#[expect(clippy::print_stderr, reason = "the one line that says why the program ends")]
fn failed(reason: &str) -> ExitCode {
    let line: Vec<&str> = reason.lines().map(str::trim).collect();
    eprintln!("stator: {}", line.join(" "));
    ExitCode::FAILURE
}

/// A number of things, as a report says it: `1 table`, `2 tables`.
fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}
