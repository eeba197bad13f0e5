//! TransactWriteItems.

use expr::{Condition, Update};
use model::{
    ApiError, AttributeMap, ConsumedCapacity, ReturnValuesOnConditionCheckFailure, Scope, TableRef,
};
use store::Store;

use super::{ItemMetrics, Report};
use crate::Db;

/// Up to 100 actions, all or none.
#[derive(Debug, Clone)]
pub struct TransactWriteItems {
    /// In the order of the request.
    pub actions: Vec<TransactAction>,
    /// `ClientRequestToken`.
    pub client_token: Option<String>,
    /// What else to report.
    pub report: Report,
}

/// One action of the transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactAction {
    /// The table.
    pub table: TableRef,
    /// What to do with which item.
    pub operation: TransactOperation,
    /// What must hold for the item as it is; always present for a condition check.
    pub condition: Option<Condition>,
    /// Whether the cancellation reason shows the item.
    pub on_failure: ReturnValuesOnConditionCheckFailure,
}

/// What an action does.
#[derive(Debug, Clone, PartialEq)]
pub enum TransactOperation {
    /// Creates or replaces an item.
    Put(AttributeMap),
    /// Removes the item of a key.
    Delete(AttributeMap),
    /// Changes the item of a key.
    Update(AttributeMap, Update),
    /// Changes nothing.
    ConditionCheck(AttributeMap),
}

/// Answer of TransactWriteItems.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactWriteItemsAnswer {
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
    /// When asked for: tables with local indexes only.
    pub collection_metrics: Option<ItemMetrics>,
}

impl<S: Store> Db<S> {
    /// Carries out all actions or none.
    pub async fn transact_write_items(
        &self,
        scope: &Scope,
        request: TransactWriteItems,
    ) -> Result<TransactWriteItemsAnswer, ApiError> {
        todo!()
    }
}
