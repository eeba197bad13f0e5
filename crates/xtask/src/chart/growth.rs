//! The figures of `bench --size`, second by second.
//!
//! Three panels have one axis of time: what was written, how long writes and reads took, and what
//! the data and the server took up. Loads follow each other without the pauses between them.

use anyhow::{Context, anyhow, ensure};
use plotters::prelude::*;
use serde_json::Value;

const SIZE: (u32, u32) = (900, 780);

/// A name, a colour, and a value for each second.
struct Line {
    name: &'static str,
    color: RGBColor,
    values: Vec<f64>,
}

/// The chart, as SVG.
pub(super) fn draw(figures: &Value) -> anyhow::Result<String> {
    draw_seconds(&seconds(figures)?)
}

/// The seconds of all loads.
fn seconds(figures: &Value) -> anyhow::Result<Vec<Value>> {
    let sizes = figures["size"]["sizes"].as_array().context("these are no figures of --size")?;
    let seconds = sizes.iter().filter_map(|size| size["seconds"].as_array()).flatten();
    let seconds: Vec<Value> = seconds.cloned().collect();
    ensure!(!seconds.is_empty(), "nothing was loaded");
    Ok(seconds)
}

fn draw_seconds(seconds: &[Value]) -> anyhow::Result<String> {
    let line = |name, color, scale: f64, of: &dyn Fn(&Value) -> &Value| Line {
        name,
        color,
        values: seconds.iter().map(|s| of(s).as_f64().unwrap_or_default() / scale).collect(),
    };
    let gib = f64::from(1 << 30);
    let panels = [
        ("thousand items written per second", vec![line("items", BLUE, 1e3, &|s| &s["items"])]),
        (
            "milliseconds",
            vec![
                line("worst batch", RED, 1e3, &|s| &s["writes_us"][3]),
                line("batches, p99", BLUE, 1e3, &|s| &s["writes_us"][1]),
                line("gets, p99", GREEN, 1e3, &|s| &s["reads_us"][1]),
            ],
        ),
        (
            "GiB",
            vec![
                line("on disk", BLUE, gib, &|s| &s["disk_bytes"]),
                line("resident", RED, gib, &|s| &s["resident_bytes"]),
            ],
        ),
    ];
    let mut svg = String::new();
    {
        let whole = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        whole.fill(&WHITE)?;
        for (area, (unit, lines)) in whole.split_evenly((panels.len(), 1)).iter().zip(&panels) {
            panel(area, unit, lines).map_err(|error| anyhow!("{error}"))?;
        }
        whole.present()?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

#[expect(clippy::cast_precision_loss, reason = "seconds are few")]
fn panel(area: &Area<'_>, unit: &str, lines: &[Line]) -> Result<(), Box<dyn std::error::Error>> {
    let seconds = lines.iter().map(|line| line.values.len()).max().unwrap_or_default() as f64;
    let values = lines.iter().flat_map(|line| &line.values).copied();
    let most = values.fold(f64::MIN_POSITIVE, f64::max) * 1.05;
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..seconds, 0.0..most)?;
    chart.configure_mesh().x_desc("seconds of loading").y_desc(unit).y_labels(6).draw()?;
    for Line { name, color, values } in lines {
        let points = values.iter().enumerate().map(|(at, value)| (at as f64, *value));
        let color = *color;
        let drawn = chart.draw_series(LineSeries::new(points, color))?.label(*name);
        drawn.legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .position(SeriesLabelPosition::UpperLeft)
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_second_is_in_the_chart() {
        let second = |items: u64| {
            json!({"items": items, "writes_us": [1, 2, 3, 4], "reads_us": [1, 2, 3, 4],
                "resident_bytes": 1, "disk_bytes": 2})
        };
        let sizes = json!([{"seconds": [second(10), second(30)]}, {"seconds": [second(20)]}]);
        let seconds = seconds(&json!({"size": {"sizes": sizes}})).unwrap();
        assert_eq!(seconds.len(), 3);
        let svg = draw_seconds(&seconds).unwrap();
        for text in ["worst batch", "on disk", "thousand items written per second"] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(draw(&json!({"streams": []})).is_err());
    }
}
