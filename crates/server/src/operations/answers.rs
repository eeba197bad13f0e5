//! Parts of answers that several operations share, from `db`'s figures to what the request asked
//! to see of them.

use model::{CapacityReport, ConsumedCapacity, ReturnConsumedCapacity};

/// The report of one table, if asked for.
pub(super) fn capacity(
    consumed: Option<ConsumedCapacity>,
    form: ReturnConsumedCapacity,
) -> Option<CapacityReport> {
    consumed.and_then(|consumed| CapacityReport::new(form, consumed))
}

/// The reports of several tables; absent if not asked for.
pub(super) fn capacities(
    consumed: Option<Vec<ConsumedCapacity>>,
    form: ReturnConsumedCapacity,
) -> Option<Vec<CapacityReport>> {
    let consumed = consumed.into_iter().flatten();
    let reports: Vec<_> =
        consumed.filter_map(|consumed| CapacityReport::new(form, consumed)).collect();
    (!reports.is_empty()).then_some(reports)
}

/// The same for a transaction, with read and write units apart.
pub(super) fn split_capacities(
    consumed: Option<Vec<ConsumedCapacity>>,
    form: ReturnConsumedCapacity,
) -> Option<Vec<CapacityReport>> {
    let reports = capacities(consumed, form)?;
    Some(reports.into_iter().map(CapacityReport::split).collect())
}
