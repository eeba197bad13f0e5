//! DeleteItem.
//!
//! Checks: `ReturnValues` → table exists → key fits the schema → key's sizes.
//! Then, under the row's latch: a transaction in progress → the condition.

use expr::Condition;
use model::{ApiError, Item, ReturnValues, ReturnValuesOnConditionCheckFailure, Scope};
use store::Store;

use super::{Report, WriteAnswer, check_old_or_nothing, write_answer};
use crate::catalog::NamedTable;
use crate::database::Db;
use crate::operations::mutation::{Action, Mutation};

/// Removes one item.
#[derive(Debug, Clone)]
pub struct DeleteItem {
    /// The table.
    pub table: NamedTable,
    /// The item's primary key.
    pub key: Item,
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
        // Find.
        check_old_or_nothing(request.return_values)?;
        let table = self.table(scope, &request.table)?;

        // Check.
        let (row, mutation) = Mutation::delete(&table, &request.key)?;
        let DeleteItem { condition, on_failure, .. } = request;
        let action = Action { table, row, mutation, condition, on_failure };

        // Act.
        let effect = self.write_item(&action).await?;

        // Answer.
        let answer =
            write_answer(request.table.into_reference(), &action.table, &effect, request.report);
        let old = effect.before.filter(|_| request.return_values == ReturnValues::AllOld);
        Ok(WriteAnswer { attributes: old, ..answer })
    }
}
