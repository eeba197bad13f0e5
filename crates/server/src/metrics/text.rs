//! Prometheus' text format, version 0.0.4.

use std::fmt::{Display, Write as _};

use store::{Figure, FigureValue, Spread, SpreadUnit};

/// What the text says it is.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Names and values of a sample's labels.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

/// A text that grows by families of samples.
#[derive(Debug, Default)]
pub(super) struct Text(String);

/// What a family's samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FamilyType {
    Counter,
    Gauge,
    Histogram,
}

impl Text {
    /// Begins a family; its samples follow.
    pub(super) fn family(&mut self, name: &str, kind: FamilyType, help: &str) {
        let kind = match kind {
            FamilyType::Counter => "counter",
            FamilyType::Gauge => "gauge",
            FamilyType::Histogram => "histogram",
        };
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    /// One number.
    pub(super) fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) {
        self.0.push_str(name);
        for (position, (label, text)) in labels.iter().enumerate() {
            self.0.push(if position == 0 { '{' } else { ',' });
            // Names of tables and indexes hold nothing that would have to be escaped, and the rest
            // is our own.
            debug_assert!(!text.contains(['"', '\\', '\n']), "{text}");
            self.0.push_str(label);
            self.0.push_str("=\"");
            self.0.push_str(text);
            self.0.push('"');
        }
        self.line(format_args!("{} {value}", if labels.is_empty() { "" } else { "}" }));
    }

    /// A histogram's samples: buckets that include those below them, sum and count.
    pub(super) fn spread(&mut self, name: &str, labels: Labels<'_>, spread: &Spread) {
        let scaled = |value: u64| match spread.unit {
            SpreadUnit::Microseconds => value as f64 / 1e6,
            SpreadUnit::Things => value as f64,
        };
        let bounds = spread.bounds.iter().map(|bound| scaled(*bound).to_string());
        let mut total = 0;
        for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(&spread.counts) {
            total += count;
            let labels = [labels, &[("le", &bound)]].concat();
            self.sample(&format!("{name}_bucket"), &labels, total);
        }
        self.sample(&format!("{name}_sum"), labels, scaled(spread.sum));
        self.sample(&format!("{name}_count"), labels, total);
    }

    /// A family of one counter without labels.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, FamilyType::Counter, help);
        self.sample(name, &[], value);
    }

    /// A family of one gauge without labels.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, FamilyType::Gauge, help);
        self.sample(name, &[], value);
    }

    /// A family that an engine tells of.
    pub(super) fn figure(&mut self, prefix: &str, figure: &Figure) {
        let (name, help) = (format!("{prefix}{}", figure.name), figure.help);
        match &figure.value {
            FigureValue::Count(value) => self.counter(&format!("{name}_total"), help, *value),
            FigureValue::Level(value) => self.gauge(&name, help, *value),
            FigureValue::Spread(spread) => {
                self.family(&name, FamilyType::Histogram, help);
                self.spread(&name, &[], spread);
            }
        }
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        self.0.write_fmt(text).expect("writing to a string cannot fail");
        self.0.push('\n');
    }
}
