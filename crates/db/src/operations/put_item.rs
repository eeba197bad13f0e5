//! PutItem.

use expr::Condition;
use model::{
    ApiError, AttributeMap, ReturnValues, ReturnValuesOnConditionCheckFailure, Scope, TableRef,
};
use store::Store;

use super::{Report, WriteAnswer};
use crate::Db;

/// Creates or replaces one item.
#[derive(Debug, Clone)]
pub struct PutItem {
    /// The table.
    pub table: TableRef,
    /// The whole item.
    pub item: AttributeMap,
    /// What must hold for the item as it is.
    pub condition: Option<Condition>,
    /// NONE or ALL_OLD.
    pub return_values: ReturnValues,
    /// Whether the failure shows the item.
    pub on_failure: ReturnValuesOnConditionCheckFailure,
    /// What else to report.
    pub report: Report,
}

impl<S: Store> Db<S> {
    /// Creates or replaces one item.
    pub async fn put_item(&self, scope: &Scope, request: PutItem) -> Result<WriteAnswer, ApiError> {
        todo!()
    }
}
