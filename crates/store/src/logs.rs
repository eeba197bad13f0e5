//! Logs: rows whose place the store gives them, each behind all that came before.
//!
//! That numbers rise is not asserted: behind the greatest there is, which only a damaged row has,
//! they can't.

use std::collections::HashMap;
use std::ops::Bound;

use crate::{RowKey, RowKeyRef, RowRange, StoreError};

/// The numbers given out last, by log, since the store was opened. An engine has one, where the
/// order of its atoms is decided.
#[derive(Debug, Default)]
pub struct Logs {
    last: HashMap<RowKey, u64>,
}

impl Logs {
    /// The number of the next row of `log`: greater than all before and at least `at_least`.
    /// `last_row` looks for the last row there is, and is asked once per log.
    ///
    /// # Errors
    /// What `last_row` fails with, and [`StoreError::Damaged`] when that row has no number.
    pub fn next(
        &mut self,
        log: &RowKey,
        at_least: u64,
        last_row: impl FnOnce() -> Result<Option<RowKey>, StoreError>,
    ) -> Result<u64, StoreError> {
        let Some(last) = self.last.get_mut(log) else {
            let number = match last_row()? {
                Some(row) => at_least.max(log_number(row.borrowed())?.saturating_add(1)),
                None => at_least,
            };
            self.last.insert(log.clone(), number);
            return Ok(number);
        };
        *last = at_least.max(last.saturating_add(1));
        debug_assert!(*last >= at_least, "no number is smaller than was asked for");
        Ok(*last)
    }
}

/// The row of that number. `log` is the name without its sort part.
pub fn log_row(log: &RowKey, number: u64) -> RowKey {
    let log = log.borrowed();
    debug_assert!(log.sort().is_empty(), "a log is named without a sort part");
    RowKey::new(log.space(), log.kind(), log.hash(), log.partition(), &number.to_be_bytes())
}

/// The number of a log's row.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not a log's.
pub fn log_number(row: RowKeyRef<'_>) -> Result<u64, StoreError> {
    let number = row.sort().try_into().map(u64::from_be_bytes);
    number.map_err(|_| StoreError::damaged("a row of a log without a number"))
}

/// The rows of a log with numbers within these bounds.
pub fn log_range(log: &RowKey, lower: Bound<u64>, upper: Bound<u64>) -> RowRange {
    let sort = |bound: Bound<u64>| bound.map(|number| number.to_be_bytes().to_vec());
    let name = log.borrowed();
    debug_assert!(name.sort().is_empty(), "a log is named without a sort part");
    RowRange::Sorts {
        space: name.space(),
        kind: name.kind(),
        hash: name.hash(),
        partition: name.partition().to_vec(),
        lower: sort(lower),
        upper: sort(upper),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Kind, Space};

    use super::*;

    #[test]
    fn numbers_rise_above_what_is_stored_and_what_is_asked() {
        let log = RowKey::new(Space(1), Kind(1), 7, b"", b"");
        let mut logs = Logs::default();
        let stored = || Ok(Some(log_row(&log, 10)));
        let asked_again = || panic!("the last row is looked for once");
        assert_eq!(logs.next(&log, 3, stored).unwrap(), 11);
        assert_eq!(logs.next(&log, 3, asked_again).unwrap(), 12);
        assert_eq!(logs.next(&log, 20, asked_again).unwrap(), 20);
        assert_eq!(logs.next(&log, 20, asked_again).unwrap(), 21);
    }

    #[test]
    fn a_row_tells_its_number() {
        let log = RowKey::new(Space(1), Kind(1), 7, b"p", b"");
        assert_eq!(log_number(log_row(&log, 258).borrowed()).unwrap(), 258);
        assert!(matches!(log_number(log.borrowed()), Err(StoreError::Damaged { .. })));
    }
}
