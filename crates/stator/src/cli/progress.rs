//! Progress bars: on standard error, on a terminal only, and not when asked to be quiet.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// How often a bar is drawn anew, while nothing else moves it.
const REDRAWN_EVERY: Duration = Duration::from_millis(100);

/// Whether to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Where somebody watches.
    OnTerminals,
    /// Nowhere.
    Nothing,
}

impl Show {
    /// Nothing for who wants it quiet.
    pub(super) fn unless(quiet: bool) -> Self {
        if quiet { Self::Nothing } else { Self::OnTerminals }
    }
}

/// A bar that counts items to `expected`, or without end.
pub(super) fn of_items(doing: &'static str, expected: Option<u64>, show: Show) -> ProgressBar {
    let template = match expected {
        Some(_) => "{prefix} {wide_bar} {human_pos}/{human_len} items, {rate}, {eta} left",
        None => "{prefix} {human_pos} items, {rate}, {elapsed}",
    };
    let bar = match show {
        // Hides itself where standard error is no terminal.
        Show::OnTerminals => ProgressBar::with_draw_target(expected, ProgressDrawTarget::stderr()),
        Show::Nothing => ProgressBar::hidden(),
    };
    let style = ProgressStyle::with_template(template).expect("the template is well-formed");
    bar.set_style(style.with_key("rate", write_rate));
    bar.set_prefix(doing);
    bar.enable_steady_tick(REDRAWN_EVERY);
    bar
}

fn write_rate(state: &ProgressState, out: &mut dyn Write) {
    // Nothing is lost with a figure that cannot be drawn.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}
