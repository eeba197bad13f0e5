//! The spaces that a table's rows lie in.

use store::Space;

/// The spaces of a table: its own, and one per global index in the order declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spaces {
    pub(crate) table: Space,
    pub(crate) global_indexes: Vec<Space>,
}

impl Spaces {
    /// The spaces of the global indexes, then the table's own.
    pub(crate) fn all(&self) -> impl Iterator<Item = Space> {
        self.global_indexes.iter().copied().chain([self.table])
    }
}
