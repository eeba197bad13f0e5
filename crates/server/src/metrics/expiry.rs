//! What time to live has done.

use std::collections::BTreeMap;

use db::ExpiryFigures;

use super::tables::TABLES_MAX;
use super::text::{Kind, Text};

/// Of all tables of one name.
#[derive(Debug, Default)]
struct Sum {
    removed: u64,
    lag_seconds: u64,
}

/// Writes the figures of at most [`TABLES_MAX`] names.
pub(super) fn write(figures: &[ExpiryFigures], text: &mut Text) {
    let mut tables = BTreeMap::<&str, Sum>::new();
    for ExpiryFigures { table, removed, lag_seconds } in figures {
        let sum = tables.entry(table).or_default();
        sum.removed += removed;
        sum.lag_seconds = sum.lag_seconds.max(*lag_seconds);
    }
    let removed: fn(&Sum) -> u64 = |sum| sum.removed;
    let lag: fn(&Sum) -> u64 = |sum| sum.lag_seconds;
    for (name, kind, help, value) in [
        (
            "stator_expired_items_total",
            Kind::Counter,
            "Items that time to live has removed.",
            removed,
        ),
        (
            "stator_expiry_lag_seconds",
            Kind::Gauge,
            "How long ago the oldest item that is due expired; 0 if none is due.",
            lag,
        ),
    ] {
        text.family(name, kind, help);
        for (table, sum) in tables.iter().take(TABLES_MAX) {
            text.sample(name, &[("table", table)], value(sum));
        }
    }
}
