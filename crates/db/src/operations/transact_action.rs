//! What a transaction that writes is made of.

use expr::{Condition, Update};
use model::{Item, ReturnValuesOnConditionCheckFailure};

use crate::catalog::NamedTable;

/// One action of the transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactAction {
    /// The table.
    pub table: NamedTable,
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
    Put(Item),
    /// Removes the item of a key.
    Delete(Item),
    /// Changes the item of a key.
    Update(Item, Update),
    /// Changes nothing.
    ConditionCheck(Item),
}
