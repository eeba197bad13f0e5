//! What an atom comes to: its writes, reduced to the value each leaves in its row.

use bytes::Bytes;

use crate::logs::log_row;
use crate::{Counters, Logs, RowKey, StoreError, Write};

/// A row and the value that an atom leaves in it; `None` removes the row.
pub type RowChange = (RowKey, Option<Bytes>);

/// The rows as they are before an atom, those pending included.
pub trait RowsBefore {
    /// The row's value.
    ///
    /// # Errors
    /// What the engine fails with.
    fn value(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError>;

    /// The last durable row of a log. None is pending: each log is asked for before anything is
    /// appended to it.
    ///
    /// # Errors
    /// What the engine fails with.
    fn last_in(&self, log: &RowKey) -> Result<Option<RowKey>, StoreError>;
}

/// Reduces `writes`, in their order, to changes: a later change of a row replaces an earlier one.
///
/// # Errors
/// What `before` fails with, and [`StoreError::Damaged`] when an addition finds a row that does
/// not count. Engines call this before they change anything, so that the atom fails whole.
pub fn resolve(
    writes: Vec<Write>,
    logs: &mut Logs,
    before: &impl RowsBefore,
) -> Result<Vec<RowChange>, StoreError> {
    let count = writes.len();
    let mut changes: Vec<RowChange> = Vec::with_capacity(count);
    for write in writes {
        let change = match write {
            Write::Put { key, value } => (key, Some(value)),
            Write::Delete { key } => (key, None),
            Write::Add { key, amounts } => {
                let value = match changes.iter().rev().find(|(changed, _)| *changed == key) {
                    Some((_, value)) => value.clone(),
                    None => before.value(&key)?,
                };
                let sums = Counters::decode(value.as_deref())?.plus(amounts);
                (key, Some(sums.encode()))
            }
            Write::Append { log, at_least, value } => {
                let number = logs.next(&log, at_least, || before.last_in(&log))?;
                (log_row(&log, number), Some(value))
            }
        };
        changes.push(change);
    }
    debug_assert_eq!(changes.len(), count, "each write changes one row");
    Ok(changes)
}
