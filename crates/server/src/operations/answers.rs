//! Parts of answers that several operations share, from `db`'s types to `wire`'s.

use db::{Page, WriteAnswer};
use model::{ConsumedCapacity, ReturnConsumedCapacity};
use wire::CapacityReport;

/// The report of one table, if asked for.
pub(super) fn capacity(
    consumed: Option<ConsumedCapacity>,
    form: ReturnConsumedCapacity,
) -> Option<CapacityReport> {
    consumed.and_then(|consumed| CapacityReport::new(form, consumed))
}

/// The reports of several tables; none if not asked for.
pub(super) fn capacities(
    consumed: Option<Vec<ConsumedCapacity>>,
    form: ReturnConsumedCapacity,
) -> Vec<CapacityReport> {
    let consumed = consumed.into_iter().flatten();
    consumed.filter_map(|consumed| CapacityReport::new(form, consumed)).collect()
}

/// The answer to a write of one item.
pub(super) fn write_answer(answer: WriteAnswer, form: ReturnConsumedCapacity) -> wire::WriteAnswer {
    wire::WriteAnswer {
        attributes: answer.attributes,
        consumed_capacity: capacity(answer.consumed, form),
        item_collection_metrics: answer.collection_metrics,
    }
}

/// One page of items.
pub(super) fn page(page: Page, form: ReturnConsumedCapacity) -> wire::PageAnswer {
    wire::PageAnswer {
        items: page.items,
        count: page.count as u64,
        scanned_count: page.scanned_count as u64,
        last_evaluated_key: page.last_evaluated_key,
        consumed_capacity: capacity(page.consumed, form),
    }
}

/// A count as the machine counts. Constraints have bounded it; what does not fit means all.
pub(super) fn at_most(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
