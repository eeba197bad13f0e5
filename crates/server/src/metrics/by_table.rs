//! Families with one sample for each table, from figures that `db` has.

use std::collections::BTreeMap;

use super::tables::TABLES_MAX;
use super::text::{FamilyType, Text};

/// What a family is called and what its samples are.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) kind: FamilyType,
    pub(super) help: &'static str,
}

impl Family {
    /// Writes the values of at most [`TABLES_MAX`] tables. Tables of one name share a sample:
    /// their sum where it is counted, and the greatest where it is a level.
    pub(super) fn write<'a>(self, values: impl Iterator<Item = (&'a str, f64)>, text: &mut Text) {
        let Self { name, kind, help } = self;
        let mut tables = BTreeMap::<&str, f64>::new();
        for (table, value) in values {
            let shared = tables.entry(table).or_default();
            *shared = match kind {
                FamilyType::Counter => *shared + value,
                FamilyType::Gauge | FamilyType::Histogram => shared.max(value),
            };
        }
        text.family(name, kind, help);
        for (table, value) in tables.into_iter().take(TABLES_MAX) {
            text.sample(name, &[("table", table)], value);
        }
    }
}
