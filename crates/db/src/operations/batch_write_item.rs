//! BatchWriteItem.

use model::{ApiError, AttributeMap, ConsumedCapacity, Scope, TableRef};
use store::Store;

use super::{ItemMetrics, Report};
use crate::Db;

/// Up to 25 unconditional writes.
#[derive(Debug, Clone)]
pub struct BatchWriteItem {
    /// Writes by table, in the order of the request.
    pub tables: Vec<(TableRef, Vec<BatchAction>)>,
    /// What else to report.
    pub report: Report,
}

/// One write of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum BatchAction {
    /// Creates or replaces an item.
    Put(AttributeMap),
    /// Removes the item of a key.
    Delete(AttributeMap),
}

/// Answer of BatchWriteItem.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchWriteItemAnswer {
    /// Writes that were not carried out, by table.
    pub unprocessed: Vec<(TableRef, Vec<BatchAction>)>,
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
    /// When asked for: tables with local indexes only.
    pub collection_metrics: Option<ItemMetrics>,
}

impl<S: Store> Db<S> {
    /// Carries out several writes, each by itself.
    pub async fn batch_write_item(
        &self,
        scope: &Scope,
        request: BatchWriteItem,
    ) -> Result<BatchWriteItemAnswer, ApiError> {
        todo!()
    }
}
