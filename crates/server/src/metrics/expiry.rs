//! What time to live has done.

use db::ExpiryFigures;

use super::by_table::Family;
use super::text::{FamilyType, Text};

/// Writes the figures by table.
pub(super) fn write(figures: &[ExpiryFigures], text: &mut Text) {
    let of_each = |value: fn(&ExpiryFigures) -> u64| {
        figures.iter().map(move |figures| (&*figures.table, value(figures) as f64))
    };
    let removed = Family {
        name: "stator_expired_items_total",
        kind: FamilyType::Counter,
        help: "Items that time to live has removed.",
    };
    removed.write(of_each(|figures| figures.removed), text);
    let lag = Family {
        name: "stator_expiry_lag_seconds",
        kind: FamilyType::Gauge,
        help: "How long ago the oldest item that is due expired; 0 if none is due.",
    };
    lag.write(of_each(|figures| figures.lag_seconds), text);
}
