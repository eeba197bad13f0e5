//! TransactGetItems.

use expr::Projection;
use model::{
    ApiError, AttributeMap, ConsumedCapacity, Item, ReturnConsumedCapacity, Scope, TableRef,
};
use store::Store;

use crate::Db;

/// Up to 100 items as of one moment.
#[derive(Debug, Clone)]
pub struct TransactGetItems {
    /// One per item.
    pub gets: Vec<TransactGet>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

/// One item of the transaction.
#[derive(Debug, Clone)]
pub struct TransactGet {
    /// The table.
    pub table: TableRef,
    /// The item's primary key.
    pub key: AttributeMap,
    /// What of the item to answer.
    pub projection: Option<Projection>,
}

/// Answer of TransactGetItems.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactGetItemsAnswer {
    /// One per get, in order.
    pub items: Vec<Option<Item>>,
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
}

impl<S: Store> Db<S> {
    /// Reads several items as of one moment.
    pub async fn transact_get_items(
        &self,
        scope: &Scope,
        request: TransactGetItems,
    ) -> Result<TransactGetItemsAnswer, ApiError> {
        todo!()
    }
}
