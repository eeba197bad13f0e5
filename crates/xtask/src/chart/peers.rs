//! The figures of `bench --peers`: one panel for each scenario, a dot for each server and storage.
//!
//! Rates lie far apart, so the axis is logarithmic, and what is drawn is a dot rather than a bar,
//! whose length would mean nothing.

use std::error::Error;
use std::ops::Range;

use anyhow::{Context, anyhow, ensure};
use plotters::coord::Shift;
use plotters::prelude::*;
use serde_json::Value;

const COLUMNS: usize = 2;
const PANEL: (u32, u32) = (450, 56);
/// Besides the lines of its servers, a panel has a caption and an axis.
const PANEL_FRAME: u32 = 84;
const COLORS: [(&str, RGBColor); 2] = [("durable", BLUE), ("memory", RED)];
const LEGEND: &str = "% of the echo's requests per second; blue: durable, red: in memory";

/// What is drawn of one scenario.
#[derive(Debug, PartialEq)]
struct Panel {
    caption: String,
    servers: Vec<String>,
    /// The number of a server, a storage, and a share of the echo in hundredths.
    dots: Vec<(usize, &'static str, f64)>,
}

/// The chart, as SVG.
pub(super) fn draw(figures: &Value) -> anyhow::Result<String> {
    let panels = panels(figures)?;
    let lines = panels.iter().map(|panel| panel.servers.len()).max().unwrap_or_default();
    let height = PANEL_FRAME + PANEL.1 / 2 * u32::try_from(lines)?;
    let rows = panels.len().div_ceil(COLUMNS);
    let size = (PANEL.0 * u32::try_from(COLUMNS)?, height * u32::try_from(rows)?);
    let mut svg = String::new();
    {
        let whole = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        whole.fill(&WHITE)?;
        let shares = || panels.iter().flat_map(|panel| &panel.dots).map(|(_, _, share)| *share);
        let least = shares().fold(f64::INFINITY, f64::min);
        let most = shares().fold(100.0, f64::max);
        for (area, panel) in whole.split_evenly((rows, COLUMNS)).iter().zip(&panels) {
            draw_panel(area, panel, least / 2.0..most * 1.1).map_err(|error| anyhow!("{error}"))?;
        }
        whole.present()?;
    }
    Ok(svg)
}

/// One panel for each scenario, at the most connections that were measured.
fn panels(figures: &Value) -> anyhow::Result<Vec<Panel>> {
    let rows = figures["peers"]["rows"].as_array().context("these are no figures of --peers")?;
    // Stator comes first there; a chart counts its lines from below.
    let facts = figures["peers"]["facts"].as_array().context("what is known of each")?;
    let known = facts.iter().rev().filter_map(|fact| fact["name"].as_str().map(str::to_owned));
    let measured = |name: &String| rows.iter().any(|row| row["servers"].get(name).is_some());
    let servers: Vec<String> = known.filter(measured).collect();
    let connections = rows.iter().filter_map(|row| row["connections"].as_u64()).max();
    let mut panels: Vec<Panel> = Vec::new();
    for row in rows.iter().filter(|row| row["connections"].as_u64() == connections) {
        let scenario = row["scenario"].as_str().context("a scenario")?;
        let caption = format!("{scenario}, {} connections", row["connections"]);
        if panels.iter().all(|panel| panel.caption != caption) {
            let (caption, servers) = (caption.clone(), servers.clone());
            panels.push(Panel { caption, servers, dots: Vec::new() });
        }
        let panel = panels.iter_mut().find(|panel| panel.caption == caption).context("a panel")?;
        panel.add(row)?;
    }
    ensure!(panels.iter().any(|panel| !panel.dots.is_empty()), "nothing was measured");
    Ok(panels)
}

impl Panel {
    fn add(&mut self, row: &Value) -> anyhow::Result<()> {
        let storage = row["storage"].as_str().context("a storage")?;
        let (storage, _) =
            COLORS.into_iter().find(|(name, _)| *name == storage).context("a storage")?;
        for (name, cell) in row["servers"].as_object().context("servers")? {
            let number = self.servers.iter().position(|server| server == name);
            let number = number.with_context(|| format!("nothing is known of {name}"))?;
            // Who refused has a line, and no dot in it.
            if let Some(share) = cell["share"].as_f64() {
                self.dots.push((number, storage, share * 100.0));
            }
        }
        Ok(())
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn draw_panel(area: &Area<'_>, panel: &Panel, shares: Range<f64>) -> Result<(), Box<dyn Error>> {
    let servers = panel.servers.len();
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.caption, ("sans-serif", 15))
        .margin(8)
        .margin_right(20)
        .x_label_area_size(34)
        .y_label_area_size(120)
        .build_cartesian_2d(shares.log_scale(), (0..servers).into_segmented())?;
    let name = |place: &SegmentValue<usize>| match place {
        SegmentValue::CenterOf(number) => panel.servers.get(*number).cloned().unwrap_or_default(),
        SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
    };
    chart
        .configure_mesh()
        .x_desc(LEGEND)
        .x_label_formatter(&|share| format!("{share}"))
        .y_labels(servers)
        .y_label_formatter(&name)
        .draw()?;
    for (storage, color) in COLORS {
        let own = panel.dots.iter().filter(|(_, of, _)| *of == storage);
        let dots = own.map(|(number, _, share)| {
            Circle::new((*share, SegmentValue::CenterOf(*number)), 4, color.filled())
        });
        chart.draw_series(dots)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn figures() -> Value {
        let row = |storage: &str, connections: u64, peer: Value| {
            json!({"storage": storage, "scenario": "get", "connections": connections, "servers": {
                "Stator": {"share": 0.8}, "Peer": peer,
            }})
        };
        let facts = json!([{"name": "Stator"}, {"name": "Peer"}, {"name": "Absent"}]);
        json!({"peers": {"facts": facts, "rows": [
            row("durable", 1, json!({"share": 0.5})),
            row("durable", 32, json!({"share": 0.01})),
            row("memory", 32, json!({"refused": "never"})),
        ]}})
    }

    #[test]
    fn a_panel_has_a_line_for_every_server_and_no_dot_for_who_refused() {
        let panels = panels(&figures()).unwrap();
        assert_eq!(panels.len(), 1);
        assert_eq!(panels[0].caption, "get, 32 connections");
        assert_eq!(panels[0].servers, ["Peer", "Stator"], "from below");
        assert_eq!(panels[0].dots.len(), 3);
    }

    #[test]
    fn every_server_is_named_in_the_chart() {
        let svg = draw(&figures()).unwrap();
        for text in ["Stator", "Peer", "get, 32 connections", "blue: durable"] {
            assert!(svg.contains(text), "{text} is missing in {svg}");
        }
        assert!(draw(&json!({"size": {}})).is_err());
    }
}
