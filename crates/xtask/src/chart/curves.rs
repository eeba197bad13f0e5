//! Panels of curves whose axes are both logarithmic: one for each of echo, durable and memory.

use std::error::Error;

use anyhow::{anyhow, ensure};
use plotters::coord::Shift;
use plotters::prelude::*;

const COLUMNS: usize = 2;
const PANEL: (u32, u32) = (450, 300);
/// The servers of the bench, as its figures name them.
pub(super) const SERVERS: [&str; 3] = ["echo", "durable", "memory"];
const COLORS: [RGBColor; SERVERS.len()] = [BLACK, BLUE, RED];

/// What the axes of all panels mean, and where the curves leave room for their names.
pub(super) struct Axes {
    pub(super) x: &'static str,
    pub(super) x_label: fn(&f64) -> String,
    pub(super) y: &'static str,
    pub(super) names: SeriesLabelPosition,
}

/// One panel.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Panel {
    pub(super) caption: String,
    /// The points of each of [`SERVERS`]. Neither member is zero.
    pub(super) curves: [Vec<(f64, f64)>; SERVERS.len()],
}

impl Panel {
    /// The panel of that caption, which becomes the last one if there is none.
    pub(super) fn of(panels: &mut Vec<Self>, caption: String) -> &mut Self {
        let known = panels.iter().position(|panel| panel.caption == caption);
        let at = known.unwrap_or(panels.len());
        if known.is_none() {
            panels.push(Self { caption, curves: Default::default() });
        }
        &mut panels[at]
    }
}

/// The chart, as SVG.
pub(super) fn draw(panels: &[Panel], axes: &Axes) -> anyhow::Result<String> {
    let points = || panels.iter().flat_map(|panel| panel.curves.iter().flatten());
    ensure!(points().next().is_some(), "nothing was measured");
    let (x, y) = (span(points().map(|(x, _)| *x)), span(points().map(|(_, y)| *y)));
    let rows = panels.len().div_ceil(COLUMNS);
    let columns = COLUMNS.min(panels.len());
    let size = (PANEL.0 * u32::try_from(columns)?, PANEL.1 * u32::try_from(rows)?);
    let mut svg = String::new();
    {
        let whole = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        whole.fill(&WHITE)?;
        for (area, panel) in whole.split_evenly((rows, columns)).iter().zip(panels) {
            draw_panel(area, panel, axes, [x, y]).map_err(|error| anyhow!("{error}"))?;
        }
        whole.present()?;
    }
    Ok(svg)
}

/// From below the least to above the greatest.
fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let reach = |(least, most): (f64, f64), value: f64| (least.min(value), most.max(value));
    let (least, most) = values.fold((f64::INFINITY, 0.0), reach);
    (least / 1.2, most * 1.2)
}

fn draw_panel(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    panel: &Panel,
    axes: &Axes,
    [x, y]: [(f64, f64); 2],
) -> Result<(), Box<dyn Error>> {
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.caption, ("sans-serif", 15))
        .margin(8)
        .margin_right(20)
        .x_label_area_size(34)
        .y_label_area_size(64)
        .build_cartesian_2d((x.0..x.1).log_scale(), (y.0..y.1).log_scale())?;
    let plain = |value: &f64| format!("{value}");
    chart
        .configure_mesh()
        .x_desc(axes.x)
        .x_label_formatter(&axes.x_label)
        .y_desc(axes.y)
        .y_label_formatter(&plain)
        .y_labels(5)
        .max_light_lines(4)
        .draw()?;
    for ((name, color), points) in SERVERS.into_iter().zip(COLORS).zip(&panel.curves) {
        let line = LineSeries::new(points.iter().copied(), color).point_size(3);
        let drawn = chart.draw_series(line)?.label(name);
        drawn.legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .position(axes.names.clone())
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_is_known_by_its_caption() {
        let mut panels = Vec::new();
        for caption in ["get", "put", "get"] {
            Panel::of(&mut panels, caption.into()).curves[0].push((1.0, 1.0));
        }
        assert_eq!(panels.len(), 2);
        assert_eq!(panels[0].curves[0].len(), 2);
    }

    #[test]
    fn panels_without_a_point_are_refused() {
        let names = SeriesLabelPosition::UpperLeft;
        let axes = Axes { x: "x", x_label: |x| x.to_string(), y: "y", names };
        assert!(draw(&[], &axes).is_err());
    }
}
