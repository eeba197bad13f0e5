//! BatchGetItem.

use expr::Projection;
use model::{
    ApiError, AttributeMap, ConsumedCapacity, Item, ReturnConsumedCapacity, Scope, TableRef,
};
use store::Store;

use crate::Db;

/// Up to 100 items by key.
#[derive(Debug, Clone)]
pub struct BatchGetItem {
    /// One entry per table, in the order of the request.
    pub tables: Vec<BatchGetTable>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

/// Keys of one table.
#[derive(Debug, Clone)]
pub struct BatchGetTable {
    /// The table.
    pub table: TableRef,
    /// Primary keys.
    pub keys: Vec<AttributeMap>,
    /// `ConsistentRead`.
    pub consistent: bool,
    /// What of the items to answer.
    pub projection: Option<Projection>,
}

/// Answer of BatchGetItem.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchGetItemAnswer {
    /// Found items of every table of the request.
    pub responses: Vec<(TableRef, Vec<Item>)>,
    /// Keys that no longer fitted, by table; tables without any are absent.
    pub unprocessed: Vec<(TableRef, Vec<AttributeMap>)>,
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
}

impl<S: Store> Db<S> {
    /// Reads several items, each by itself.
    pub async fn batch_get_item(
        &self,
        scope: &Scope,
        request: BatchGetItem,
    ) -> Result<BatchGetItemAnswer, ApiError> {
        todo!()
    }
}
