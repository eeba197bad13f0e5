//! What a request is about.

use model::TableRef;

/// The first place that a request touches, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) table: TableRef,
    pub(crate) index: Option<String>,
}

impl Target {
    pub(crate) fn new(table: &TableRef, index: Option<&str>) -> Self {
        Self { table: table.clone(), index: index.map(str::to_owned) }
    }
}
