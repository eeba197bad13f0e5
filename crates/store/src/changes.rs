//! What an atom comes to: its writes, reduced to the value each leaves in its row.

use bytes::Bytes;

use crate::{Counters, RowKey, StoreError, Write};

/// The value a row is left with; `None` is no row.
pub type Change = (RowKey, Option<Bytes>);

/// Reduces `writes`, in their order, to changes: a later change of a row replaces an earlier one.
/// `current` reads the rows that are added to, as they are before the atom.
///
/// # Errors
/// What `current` fails with, and [`StoreError::Damaged`] when an addition finds a row that does
/// not count. Engines call this before they change anything, so that the atom fails whole.
pub fn resolve(
    writes: Vec<Write>,
    mut current: impl FnMut(&RowKey) -> Result<Option<Bytes>, StoreError>,
) -> Result<Vec<Change>, StoreError> {
    let mut changes: Vec<Change> = Vec::with_capacity(writes.len());
    for write in writes {
        let change = match write {
            Write::Put { key, value } => (key, Some(value)),
            Write::Delete { key } => (key, None),
            Write::Add { key, amounts } => {
                let value = match changes.iter().rev().find(|(changed, _)| *changed == key) {
                    Some((_, value)) => value.clone(),
                    None => current(&key)?,
                };
                let sums = Counters::decode(value.as_deref())?.plus(amounts);
                (key, Some(sums.encode()))
            }
        };
        changes.push(change);
    }
    Ok(changes)
}
