//! The figures of `bench --open-loop`: a panel for each scenario, from the median to the slowest.
//!
//! The axis of requests has as much room for those from 90 to 99 of 100 as for those from 99 to
//! 99.9, so that the rare ones, which users remember, can be seen.

use anyhow::Context;
use plotters::chart::SeriesLabelPosition;
use serde_json::Value;

use super::curves::{Axes, Panel, SERVERS, draw as draw_curves};

/// Where the slowest request is drawn: a step of ten behind 99.99 of 100.
const SLOWEST: f64 = 100_000.0;

/// The chart, as SVG.
pub(super) fn draw(figures: &Value) -> anyhow::Result<String> {
    let names = SeriesLabelPosition::UpperLeft;
    let axes = Axes { x: "% of requests", x_label, y: "ms at most", names };
    draw_curves(&panels(figures)?, &axes)
}

fn panels(figures: &Value) -> anyhow::Result<Vec<Panel>> {
    let loads = figures["open_loop"].as_array().context("these are no figures of --open-loop")?;
    let mut panels = Vec::new();
    for load in loads {
        let scenario = load["scenario"].as_str().context("a scenario")?;
        let caption =
            format!("{scenario}, {}/s, {} connections", load["rate"], load["connections"]);
        let target = load["target"].as_str().context("a target")?;
        let server = SERVERS.iter().position(|server| *server == target).context("a target")?;
        for latency in load["latencies"].as_array().context("latencies")? {
            let part = latency["of_10000"].as_f64().context("of how many requests")?;
            let milliseconds = latency["us"].as_f64().context("microseconds")? / 1000.0;
            Panel::of(&mut panels, caption.clone()).curves[server].push((x(part), milliseconds));
        }
    }
    Ok(panels)
}

/// Where a part of 10,000 is drawn.
fn x(part: f64) -> f64 {
    if part < 10_000.0 { 10_000.0 / (10_000.0 - part) } else { SLOWEST }
}

fn x_label(x: &f64) -> String {
    if *x < SLOWEST { format!("{}", 100.0 - 100.0 / x) } else { "max".to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_step_is_a_tenth_of_the_requests_before_it() {
        let labels = [5_000.0, 9_000.0, 9_900.0, 9_990.0, 9_999.0, 10_000.0].map(x);
        let labels = labels.map(|x| x_label(&x.round()));
        assert_eq!(labels, ["50", "90", "99", "99.9", "99.99", "max"]);
    }

    #[test]
    fn a_scenario_is_a_panel_of_its_servers() {
        let load = |scenario: &str, target: &str| {
            json!({"scenario": scenario, "rate": 500, "connections": 32, "target": target,
                "latencies": [{"of_10000": 5000, "us": 50.0}, {"of_10000": 10000, "us": 900.0}]})
        };
        let loads = json!([load("get", "echo"), load("get", "memory"), load("put", "durable")]);
        let figures = json!({"open_loop": loads});
        let panels = panels(&figures).unwrap();
        assert_eq!(panels.len(), 2);
        assert_eq!(panels[0].curves[0], [(2.0, 0.05), (SLOWEST, 0.9)]);
        assert_eq!(panels[0].curves.each_ref().map(Vec::len), [2, 0, 2]);
        let svg = draw(&figures).unwrap();
        for text in ["get, 500/s, 32 connections", "put", "durable", "max"] {
            assert!(svg.contains(text), "{text}");
        }
    }
}
