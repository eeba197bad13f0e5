//! UpdateItem.

use expr::{Condition, Update};
use model::{
    ApiError, AttributeMap, ReturnValues, ReturnValuesOnConditionCheckFailure, Scope, TableRef,
};
use store::Store;

use super::{Report, WriteAnswer};
use crate::Db;

/// Changes attributes of one item, creating it where it is missing.
#[derive(Debug, Clone)]
pub struct UpdateItem {
    /// The table.
    pub table: TableRef,
    /// The item's primary key.
    pub key: AttributeMap,
    /// The changes; without any, the item is created if missing.
    pub update: Option<Update>,
    /// What must hold for the item as it is.
    pub condition: Option<Condition>,
    /// Any.
    pub return_values: ReturnValues,
    /// Whether the failure shows the item.
    pub on_failure: ReturnValuesOnConditionCheckFailure,
    /// What else to report.
    pub report: Report,
}

impl<S: Store> Db<S> {
    /// Changes attributes of one item.
    pub async fn update_item(
        &self,
        scope: &Scope,
        request: UpdateItem,
    ) -> Result<WriteAnswer, ApiError> {
        todo!()
    }
}
