//! GetItem.

use expr::Projection;
use model::{
    ApiError, AttributeMap, ConsumedCapacity, Item, ReturnConsumedCapacity, Scope, TableRef,
};
use store::Store;

use crate::Db;

/// One item by its key.
#[derive(Debug, Clone)]
pub struct GetItem {
    /// The table.
    pub table: TableRef,
    /// The item's primary key.
    pub key: AttributeMap,
    /// `ConsistentRead`; every read is consistent here, the price differs.
    pub consistent: bool,
    /// What of the item to answer.
    pub projection: Option<Projection>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

/// Answer of GetItem.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetItemAnswer {
    /// The item, projected.
    pub item: Option<Item>,
    /// When asked for.
    pub consumed: Option<ConsumedCapacity>,
}

impl<S: Store> Db<S> {
    /// Reads one item.
    pub async fn get_item(
        &self,
        scope: &Scope,
        request: GetItem,
    ) -> Result<GetItemAnswer, ApiError> {
        todo!()
    }
}
