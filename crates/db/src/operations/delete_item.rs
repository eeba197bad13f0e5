//! DeleteItem.

use expr::Condition;
use model::{
    ApiError, AttributeMap, ReturnValues, ReturnValuesOnConditionCheckFailure, Scope, TableRef,
};
use store::Store;

use super::{Report, WriteAnswer};
use crate::Db;

/// Removes one item.
#[derive(Debug, Clone)]
pub struct DeleteItem {
    /// The table.
    pub table: TableRef,
    /// The item's primary key.
    pub key: AttributeMap,
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
    /// Removes one item.
    pub async fn delete_item(
        &self,
        scope: &Scope,
        request: DeleteItem,
    ) -> Result<WriteAnswer, ApiError> {
        todo!()
    }
}
