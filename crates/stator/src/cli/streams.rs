//! `stator streams`: the streams of a running server, over the network.

mod api;
mod client;
mod endpoint;
mod follow;
mod readable;
mod tail;

use clap::Subcommand;

/// What to do with streams.
#[derive(Debug, Subcommand)]
pub(super) enum StreamsCommand {
    /// Follow the changes of a table until Ctrl-C
    ///
    /// Each change is shown once, those of an item in their order. Times are local. The server may
    /// be restarted meanwhile.
    Tail(tail::TailArguments),
}

/// Does it.
pub(super) fn run(command: StreamsCommand) -> anyhow::Result<()> {
    match command {
        StreamsCommand::Tail(arguments) => tail::run(arguments),
    }
}
