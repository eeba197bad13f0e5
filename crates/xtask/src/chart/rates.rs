//! Requests per second, by the size of items or by the number of connections: a panel for each
//! scenario.

use anyhow::Context;
use plotters::chart::SeriesLabelPosition;
use serde_json::Value;

use super::curves::{Axes, Panel, SERVERS, draw};

/// The chart of `bench --item-bytes`, as SVG: a panel for each number of connections, too.
pub(super) fn draw_by_item_bytes(figures: &Value) -> anyhow::Result<String> {
    let panels = panels(&figures["item_bytes"], "item_bytes", |row| {
        Some(format!("{}, {} connections", row["scenario"].as_str()?, row["connections"]))
    });
    draw(&panels?, &axes("bytes of an item", SeriesLabelPosition::LowerLeft))
}

/// The chart of speed, as SVG.
pub(super) fn draw_by_connections(figures: &Value) -> anyhow::Result<String> {
    let panels =
        panels(&figures["speed"], "connections", |row| row["scenario"].as_str().map(str::to_owned));
    draw(&panels?, &axes("connections", SeriesLabelPosition::LowerRight))
}

/// The rates of each row, drawn over its member `by`.
fn panels(
    rows: &Value,
    by: &str,
    caption: impl Fn(&Value) -> Option<String>,
) -> anyhow::Result<Vec<Panel>> {
    let mut panels = Vec::new();
    for row in rows.as_array().context("these are no rows of the bench")? {
        let panel = Panel::of(&mut panels, caption(row).context("a scenario")?);
        let x = row[by].as_f64().context("a number to draw rates over")?;
        for (server, curve) in SERVERS.into_iter().zip(&mut panel.curves) {
            curve.push((x, row[server]["per_second"].as_f64().context("a rate")?));
        }
    }
    Ok(panels)
}

fn axes(x: &'static str, names: SeriesLabelPosition) -> Axes {
    Axes { x, x_label: |value| value.to_string(), y: "requests per second", names }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(scenario: &str, item_bytes: usize, connections: usize) -> Value {
        let measured = json!({"per_second": 1000.0});
        json!({"scenario": scenario, "item_bytes": item_bytes, "connections": connections,
            "echo": measured, "durable": measured, "memory": measured})
    }

    #[test]
    fn rates_are_drawn_over_the_size_of_items() {
        let rows = json!([row("get", 100, 32), row("get", 1024, 32), row("put", 100, 32)]);
        let panels = panels(&rows, "item_bytes", |row| row["scenario"].as_str().map(str::to_owned));
        let panels = panels.unwrap();
        assert_eq!(panels.len(), 2);
        assert_eq!(panels[0].curves[1], [(100.0, 1000.0), (1024.0, 1000.0)]);
        let svg = draw_by_item_bytes(&json!({"item_bytes": rows})).unwrap();
        for text in ["get, 32 connections", "bytes of an item", "memory"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn rates_are_drawn_over_the_number_of_connections() {
        let rows = json!([row("get", 0, 1), row("get", 0, 512)]);
        let svg = draw_by_connections(&json!({"speed": rows})).unwrap();
        assert!(svg.contains("connections") && svg.contains("get"));
        assert!(draw_by_connections(&json!({"speed": []})).is_err());
    }
}
