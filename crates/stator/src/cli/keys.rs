//! `stator keys`.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use local::Copied;

use super::offline::DataDirectory;
use crate::{KeysRotated, rotate_keys};

/// How often the progress bar is drawn anew, while nothing else moves it.
const REDRAWN_EVERY: Duration = Duration::from_millis(100);

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Encrypt all data anew, under a new key
    ///
    /// The server of the data must be stopped. Everything is read once and written once, so as much
    /// space must be free as the data takes. Whatever interrupts it, the data stays whole: run it
    /// again, or serve. The new key takes the key file's place; the old one is kept beside it,
    /// because backups and copies made before are still under it.
    Rotate(RotateArguments),
}

/// Flags of `stator keys rotate`.
#[derive(Debug, Args)]
pub(super) struct RotateArguments {
    #[command(flatten)]
    directory: DataDirectory,
}

/// Does what was asked for.
pub(super) fn run(command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::Rotate(arguments) => rotate(arguments),
    }
}

fn rotate(RotateArguments { directory }: RotateArguments) -> anyhow::Result<()> {
    let DataDirectory { data_dir, key_file } = directory;
    let bar = progress_bar();
    let rotated = rotate_keys(&data_dir, key_file, |copied| show(&bar, copied));
    bar.finish_and_clear();
    let text = report(&rotated?);
    std::io::stdout().write_all(text.as_bytes()).context("the keys are rotated, but")
}

/// Shows itself on a terminal only.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    bar.set_style(
        ProgressStyle::with_template("encrypting anew {wide_bar} {bytes}, {msg}, {elapsed}")
            .expect("the template is well-formed"),
    );
    bar.enable_steady_tick(REDRAWN_EVERY);
    bar
}

fn show(bar: &ProgressBar, copied: Copied) {
    // What the engine's files take is only near what is in them.
    bar.set_length(copied.bytes_expected.max(copied.bytes));
    bar.set_position(copied.bytes);
    bar.set_message(format!("{} rows", copied.rows));
}

fn report(rotated: &KeysRotated) -> String {
    let done = if rotated.was_under_way {
        "A rotation that had been cut off is finished: all data is under its new key."
    } else {
        "All data is encrypted anew, under a new key."
    };
    format!(
        "{done}\n\n  \
         new key  {}\n           keep a copy: without it the data is lost\n  \
         old key  {}\n           opens backups and copies made before now, and nothing written since;\n           \
         delete it once you need none of them\n",
        rotated.key_file.display(),
        rotated.former_key_file.display(),
    )
}
