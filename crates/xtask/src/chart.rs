//! `cargo xtask chart`: what the bench has measured, as a picture.
//!
//! [`CHARTS`] says which figures are drawn by which module. Each makes an SVG of the whole file.

mod curves;
mod growth;
mod open;
mod peers;
mod rates;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::Value;

/// Makes an SVG of the bench's figures.
type Draw = fn(&Value) -> anyhow::Result<String>;

/// The members of the bench's files that there is a chart of.
const CHARTS: [(&str, Draw); 5] = [
    ("size", growth::draw),
    ("peers", peers::draw),
    ("open_loop", open::draw),
    ("item_bytes", rates::draw_by_item_bytes),
    ("speed", rates::draw_by_connections),
];

/// What is drawn, and where.
#[derive(Debug, Args)]
pub struct ChartArguments {
    /// The file that `bench --json` wrote: of speed, `--size`, `--peers`, `--open-loop` or
    /// `--item-bytes`.
    pub figures: PathBuf,
    /// The SVG to write.
    pub chart: PathBuf,
}

/// Draws the chart.
///
/// # Errors
/// Files that can't be read or written; figures that nothing draws.
pub fn run(arguments: &ChartArguments) -> anyhow::Result<()> {
    let ChartArguments { figures, chart } = arguments;
    let text = fs::read_to_string(figures).with_context(|| figures.display().to_string())?;
    let drawn = draw(&serde_json::from_str(&text)?)?;
    fs::write(chart, drawn).with_context(|| chart.display().to_string())
}

fn draw(figures: &Value) -> anyhow::Result<String> {
    let known = CHARTS.iter().find(|(member, _)| figures.get(member).is_some());
    let (_, draw) = known.ok_or_else(|| anyhow!("there is no chart of these figures"))?;
    draw(figures)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_without_a_chart_are_refused() {
        let error = draw(&json!({"streams": []})).unwrap_err();
        assert_eq!(error.to_string(), "there is no chart of these figures");
    }
}
