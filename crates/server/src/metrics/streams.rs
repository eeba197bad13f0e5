//! What went through the streams of tables.

use db::StreamFigures;

use super::by_table::Family;
use super::text::{FamilyType, Text};

/// Writes the figures by table.
pub(super) fn write(figures: &[StreamFigures], text: &mut Text) {
    let of_each = |value: fn(&StreamFigures) -> f64| {
        figures.iter().map(move |figures| (&*figures.table, value(figures)))
    };
    let written = Family {
        name: "stator_stream_records_written_total",
        kind: FamilyType::Counter,
        help: "Change records queued for a table's stream.",
    };
    written.write(of_each(|figures| figures.written as f64), text);
    let read = Family {
        name: "stator_stream_records_read_total",
        kind: FamilyType::Counter,
        help: "Change records that GetRecords answered with.",
    };
    read.write(of_each(|figures| figures.read as f64), text);
    let age = Family {
        name: "stator_stream_iterator_age_seconds",
        kind: FamilyType::Gauge,
        help: "Age of the last record read where more remain; 0 if all were read.",
    };
    age.write(of_each(|figures| figures.iterator_age_ms as f64 / 1e3), text);
}
