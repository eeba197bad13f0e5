//! What sums and appends come to, found out by the committer.
//!
//! Batches become durable one after the other, so the engine has all that came before the batch that
//! is taken, and nothing behind it.

use store::{Counters, Logs, RowKey, RowsBefore, StoreError, log_row};

use crate::batch::{Append, BatchContent, Change, Resolved};

/// Resolves batch after batch.
#[derive(Debug, Default)]
pub(crate) struct Resolver {
    logs: Logs,
}

/// Why a batch comes to nothing.
#[derive(Debug)]
pub(crate) struct Unresolved {
    /// The row that does not count, or the log without an end.
    pub(crate) row: RowKey,
    pub(crate) error: StoreError,
}

impl Resolver {
    /// What the sums and appends of a batch come to, behind what `before` has.
    pub(crate) fn resolve(
        &mut self,
        batch: &BatchContent,
        before: &impl RowsBefore,
    ) -> Result<Resolved, Unresolved> {
        let mut resolved = Resolved::default();
        for (key, change) in &batch.changes {
            if let Change::Sum(amounts) = change {
                let sums = counters(before, key).map_err(|error| unresolved(key, error))?;
                resolved.sums.insert(key.clone(), sums.plus(*amounts).encode());
            }
        }
        resolved.appended.reserve(batch.appends.len());
        for Append { log, at_least, value } in &batch.appends {
            let number = self.logs.next(log, *at_least, || before.last_in(log));
            let row = log_row(log, number.map_err(|error| unresolved(log, error))?);
            debug_assert!(
                !batch.changes.contains_key(&row),
                "nobody names a row that is not there"
            );
            resolved.appended.push((row, value.clone()));
        }
        Ok(resolved)
    }
}

/// What a row counts.
pub(crate) fn counters(before: &impl RowsBefore, key: &RowKey) -> Result<Counters, StoreError> {
    Counters::decode(before.value(key)?.as_deref())
}

fn unresolved(row: &RowKey, error: StoreError) -> Unresolved {
    Unresolved { row: row.clone(), error }
}
