//! One operation, one file. Each holds its request and answer, states its order of checks, and
//! goes the same four steps: find, check, act, answer.

mod batch_get_item;
mod batch_write_item;
mod create_table;
mod delete_item;
mod delete_resource_policy;
mod delete_table;
mod describe_continuous_backups;
mod describe_limits;
mod describe_stream;
mod describe_table;
mod describe_time_to_live;
mod fingerprint;
mod get_item;
mod get_records;
mod get_resource_policy;
mod get_shard_iterator;
mod list_streams;
mod list_tables;
mod list_tags_of_resource;
pub(crate) mod mutation;
mod put_item;
mod put_resource_policy;
mod query;
mod resource_policies;
mod scan;
mod table_description;
mod tag_resource;
mod totals;
mod transact_action;
mod transact_get_items;
mod transact_write_items;
mod untag_resource;
mod update_item;
mod update_table;
mod update_time_to_live;
mod write;

use model::{
    ApiError, CancellationCode, CancellationReason, ConsumedCapacity, Item, ItemCollectionMetrics,
    ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues, TableRef,
};
use store::RowKey;

use crate::error::validation;
use crate::maintained::Effect;
use crate::metering::{self, Rate};
use crate::schema::Table;

pub use batch_get_item::{BatchGetItem, BatchGetItemAnswer, BatchGetTable};
pub use batch_write_item::{BatchWriteItem, BatchWriteItemAnswer};
pub use delete_item::DeleteItem;
pub use get_item::{GetItem, GetItemAnswer};
pub use get_records::GetRecords;
pub use put_item::PutItem;
pub use query::Query;
pub use scan::Scan;
pub use totals::ItemMetrics;
pub use transact_action::{TransactAction, TransactOperation};
pub use transact_get_items::{TransactGet, TransactGetItems, TransactGetItemsAnswer};
pub use transact_write_items::{TransactWriteItems, TransactWriteItemsAnswer};
pub use update_item::UpdateItem;

/// What a request wants to be told besides its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// How finely capacity is reported. The answer has the figures for every form.
    pub capacity: ReturnConsumedCapacity,
    /// Whether the size of the item collection is estimated.
    pub collection_metrics: ReturnItemCollectionMetrics,
}

/// Answer of PutItem, DeleteItem and UpdateItem.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriteAnswer {
    /// What `ReturnValues` asked for; absent when there is nothing to show.
    pub attributes: Option<Item>,
    /// When asked for.
    pub consumed: Option<ConsumedCapacity>,
    /// When asked for and the table has local indexes.
    pub collection_metrics: Option<ItemCollectionMetrics>,
}

impl Report {
    pub(crate) fn wants_metrics(self) -> bool {
        self.collection_metrics == ReturnItemCollectionMetrics::Size
    }
}

/// `ReturnValues` of PutItem and DeleteItem.
fn check_old_or_nothing(wanted: ReturnValues) -> Result<(), ApiError> {
    match wanted {
        ReturnValues::None | ReturnValues::AllOld => Ok(()),
        ReturnValues::UpdatedOld | ReturnValues::AllNew | ReturnValues::UpdatedNew => {
            Err(validation("Return values set to invalid value"))
        }
    }
}

/// `Limit` of the operations on streams, whose most the model does not say though the service
/// refuses more (API reference of each operation; ScyllaDB test_streams.py,
/// test_get_records_too_high_limit; 2026-11).
fn check_limit(limit: Option<u64>, max: u64) -> Result<(), ApiError> {
    match limit.filter(|limit| *limit > max) {
        None => Ok(()),
        Some(limit) => Err(validation(format!(
            "1 validation error detected: Value '{limit}' at 'limit' failed to satisfy \
             constraint: Member must have value less than or equal to {max}"
        ))),
    }
}

/// The table to report capacity for, if it is to be reported.
fn reported<T>(wanted: ReturnConsumedCapacity, table: T) -> Option<T> {
    (wanted != ReturnConsumedCapacity::None).then_some(table)
}

/// What a write of one item reports, its attributes aside. `reference` is the request's own.
fn write_answer(
    reference: TableRef,
    table: &Table,
    effect: &Effect,
    report: Report,
) -> WriteAnswer {
    let consumed = reported(report.capacity, reference).map(|reference| {
        let mut consumed = metering::nothing(reference);
        metering::add_write(&mut consumed, effect, Rate::Standard);
        consumed
    });
    let collection_metrics = totals::collection_metrics(table, effect, report);
    WriteAnswer { attributes: None, consumed, collection_metrics }
}

/// Checks the parts of a transaction. The first that is invalid cancels it; the others are not
/// looked at (test_transact.py::test_transact_write_cancellation_reasons_validationerror, 2026-11).
fn check_each<T>(
    checks: impl ExactSizeIterator<Item = Result<T, ApiError>>,
) -> Result<Vec<T>, ApiError> {
    let count = checks.len();
    let mut checked = Vec::with_capacity(count);
    for (position, check) in checks.enumerate() {
        match check {
            Ok(part) => checked.push(part),
            Err(ApiError::Validation(message)) => {
                let mut reasons = vec![fine(); count];
                reasons[position] = invalid_action(message);
                return Err(ApiError::TransactionCanceled { reasons });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(checked)
}

/// No two parts of a transaction may be about one item.
fn check_items_once(rows: &[RowKey]) -> Result<(), ApiError> {
    let mut seen = std::collections::HashSet::with_capacity(rows.len());
    if rows.iter().all(|row| seen.insert(row)) {
        return Ok(());
    }
    Err(validation("Transaction request cannot include multiple operations on one item"))
}

/// The reason of an action that did not keep its transaction from happening.
fn fine() -> CancellationReason {
    CancellationReason { code: CancellationCode::None, message: None, item: None }
}

/// The reason of an action that is invalid.
fn invalid_action(message: String) -> CancellationReason {
    let code = CancellationCode::ValidationError;
    CancellationReason { code, message: Some(message), item: None }
}
