//! Spaces: handed out once, and remembered when they are dropped.

use bytes::Bytes;
use model::{IndexKind, TableDefinition};
use store::{RowKey, Space, StoreError, Write};

use super::record;
use crate::layout::keys::{self, FIRST_TABLE_SPACE};
use crate::schema::Spaces;

/// What a change of the catalog does, in the words for one whose outcome is unknown.
pub(super) const CHANGED: &str = "a table was changed";

/// Hands out spaces that were never used, under the latch of [`keys::next_space_row`].
#[derive(Debug)]
pub(super) struct HandingOut(u32);

impl HandingOut {
    /// Goes on from the value of that row.
    pub(super) fn from(next_space: Option<&[u8]>) -> Result<Self, StoreError> {
        Ok(Self(match next_space {
            Some(value) => record::decode_space(value)?.0,
            None => FIRST_TABLE_SPACE,
        }))
    }

    pub(super) fn next(&mut self) -> Space {
        let space = Space(self.0);
        self.0 = self.0.checked_add(1).expect("four thousand million spaces suffice");
        space
    }

    /// The spaces of a new table.
    pub(super) fn spaces_of(&mut self, definition: &TableDefinition) -> Spaces {
        let globals = definition.indexes.iter().filter(|index| index.kind == IndexKind::Global);
        let table = self.next();
        Spaces { table, global_indexes: globals.map(|_| self.next()).collect() }
    }

    /// Remembers what was handed out.
    pub(super) fn write(&self) -> Write {
        put(keys::next_space_row(), record::encode_space(Space(self.0)).to_vec())
    }
}

/// Remembers a space whose rows are to be removed.
pub(super) fn remember_dropped(space: Space) -> Write {
    put(keys::dropped_row(space), record::encode_space(space).to_vec())
}

pub(super) fn put(key: RowKey, value: Vec<u8>) -> Write {
    Write::Put { key, value: Bytes::from(value) }
}
