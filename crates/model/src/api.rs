//! The service's own structures: what each operation asks and answers.
//!
//! They are generated from the service model, under the service's names. Where the service and
//! Stator mean the same, a member is one of Stator's nouns: items and keys are in their byte form,
//! tables are references, and expressions stay text until they are resolved.

use crate::Item;

pub use crate::generated::items::*;
pub use crate::generated::streams::*;
pub use crate::generated::tables::*;

/// A member that was given, of a kind that is not supported: only that it is there counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsupported;

impl WriteRequest {
    /// Creates or replaces an item.
    pub fn put(item: Item) -> Self {
        Self::PutRequest(PutRequest { item })
    }

    /// Removes the item of a key.
    pub fn delete(key: Item) -> Self {
        Self::DeleteRequest(DeleteRequest { key })
    }

    /// The item that it puts, or the key that it deletes.
    pub fn attributes(&self) -> &Item {
        match self {
            Self::PutRequest(put) => &put.item,
            Self::DeleteRequest(delete) => &delete.key,
        }
    }
}
