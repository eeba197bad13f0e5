//! UpdateItem.
//!
//! Checks: table exists → key fits the schema → key's sizes → no update of a key attribute. Then,
//! under the row's latch: a transaction in progress → the condition → the update fits the item →
//! the new item's size → its index keys.

use expr::{Condition, Projection, Update};
use model::{ApiError, Item, ReturnValues, ReturnValuesOnConditionCheckFailure, Scope};
use store::Store;

use super::{Report, WriteAnswer, write_answer};
use crate::catalog::NamedTable;
use crate::database::Db;
use crate::maintained::Effect;
use crate::operations::mutation::{Action, Mutation};

/// Changes attributes of one item, creating it where it is missing.
#[derive(Debug, Clone)]
pub struct UpdateItem {
    /// The table.
    pub table: NamedTable,
    /// The item's primary key.
    pub key: Item,
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
        // Find.
        let table = self.table(scope, &request.table)?;

        // Check.
        let updated = updated_attributes(request.return_values, request.update.as_ref());
        let (row, mutation) = Mutation::update(&table, request.key, request.update)?;
        let (condition, on_failure) = (request.condition, request.on_failure);
        let action = Action { table, row, mutation, condition, on_failure };

        // Act.
        let effect = self.write_item(&action).await?;

        // Answer.
        let answer =
            write_answer(request.table.into_reference(), &action.table, &effect, request.report);
        let attributes = shown(request.return_values, updated.as_ref(), effect);
        Ok(WriteAnswer { attributes, ..answer })
    }
}

/// The paths an update writes, where `UPDATED_OLD` or `UPDATED_NEW` ask for them.
fn updated_attributes(wanted: ReturnValues, update: Option<&Update>) -> Option<Projection> {
    match wanted {
        ReturnValues::UpdatedOld | ReturnValues::UpdatedNew => {
            let paths = update?.paths().cloned().collect();
            Some(Projection::of_paths(paths))
        }
        ReturnValues::None | ReturnValues::AllOld | ReturnValues::AllNew => None,
    }
}

/// What `ReturnValues` asks for; nothing rather than an empty map (test_returnvalues.py, 2026-11).
fn shown(wanted: ReturnValues, updated: Option<&Projection>, effect: Effect) -> Option<Item> {
    let only_updated = |item: Option<Item>| {
        let attributes = updated?.apply(item?.attributes());
        (!attributes.attributes().is_empty()).then_some(attributes)
    };
    match wanted {
        ReturnValues::None => None,
        ReturnValues::AllOld => effect.before,
        ReturnValues::AllNew => effect.after,
        ReturnValues::UpdatedOld => only_updated(effect.before),
        ReturnValues::UpdatedNew => only_updated(effect.after),
    }
}
