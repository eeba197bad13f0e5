//! One operation, one file. Each holds its request and answer, states its order of checks, and
//! goes the same four steps: find, check, act, answer.

mod batch_get_item;
mod batch_write_item;
mod create_table;
mod delete_item;
mod delete_table;
mod describe_table;
mod get_item;
mod list_tables;
mod put_item;
mod query;
mod scan;
mod transact_get_items;
mod transact_write_items;
mod update_item;

use model::{
    ConsumedCapacity, Item, ItemCollectionMetrics, ReturnConsumedCapacity,
    ReturnItemCollectionMetrics,
};

pub use batch_get_item::{BatchGetItem, BatchGetItemAnswer, BatchGetTable};
pub use batch_write_item::{BatchAction, BatchWriteItem, BatchWriteItemAnswer};
pub use delete_item::DeleteItem;
pub use get_item::{GetItem, GetItemAnswer};
pub use list_tables::{ListTables, ListTablesAnswer};
pub use put_item::PutItem;
pub use query::Query;
pub use scan::Scan;
pub use transact_get_items::{TransactGet, TransactGetItems, TransactGetItemsAnswer};
pub use transact_write_items::{
    TransactAction, TransactOperation, TransactWriteItems, TransactWriteItemsAnswer,
};
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

/// Answer of Query and Scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The matching items, projected; absent for `Select: COUNT`.
    pub items: Option<Vec<Item>>,
    /// How many items matched.
    pub count: usize,
    /// How many items were evaluated.
    pub scanned_count: usize,
    /// Where the next page begins; absent when nothing can follow.
    pub last_evaluated_key: Option<Item>,
    /// When asked for.
    pub consumed: Option<ConsumedCapacity>,
}

/// Item collection metrics per table, as batches and transactions report them.
pub type ItemMetrics = Vec<(model::TableRef, Vec<ItemCollectionMetrics>)>;
