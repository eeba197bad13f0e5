//! AttributeUpdates.

use model::legacy::{AttributeUpdate, AttributeUpdates, UpdateAction};
use model::{ApiError, AttributeValue};

use super::invalid;
use crate::notation::Notation;
use crate::path::Path;
use crate::update::{Action, Edit, SetValue, Update, ValueSource};

/// Plans `AttributeUpdates`; `None` where nothing is updated.
///
/// # Errors
/// `Validation`: an action without the value it needs, or with one of a type it does not take.
pub fn update(updates: AttributeUpdates) -> Result<Option<Update>, ApiError> {
    if updates.is_empty() {
        return Ok(None);
    }
    let actions = updates
        .into_iter()
        .map(|(attribute, update)| Ok(Action { path: Path::from(attribute), edit: edit(update)? }));
    let actions = actions.collect::<Result<_, ApiError>>()?;
    Ok(Some(Update::new(actions, Notation::Legacy)))
}

/// ADD takes lists as well, which the documentation does not say (test_item.py, 2026-11).
fn edit(update: AttributeUpdate) -> Result<Edit, ApiError> {
    use AttributeValue::{Bs, L, N, Ns, Ss};
    match (update.action, update.value) {
        (UpdateAction::Put, Some(value)) => {
            Ok(Edit::Set(SetValue::Source(ValueSource::Value(value))))
        }
        (UpdateAction::Add, Some(value @ (N(_) | Ss(_) | Ns(_) | Bs(_) | L(_)))) => {
            Ok(Edit::Add(value))
        }
        (UpdateAction::Add, Some(other)) => {
            Err(invalid(&format!("ADD action is not supported for the type {}", other.type_name())))
        }
        (UpdateAction::Delete, Some(value @ (Ss(_) | Ns(_) | Bs(_)))) => Ok(Edit::Delete(value)),
        (UpdateAction::Delete, Some(other)) => Err(invalid(&format!(
            "DELETE action with value is not supported for the type {}",
            other.type_name()
        ))),
        (UpdateAction::Delete, None) => Ok(Edit::Remove),
        (UpdateAction::Put | UpdateAction::Add, None) => {
            Err(invalid("Only DELETE action is allowed when no attribute value is specified"))
        }
    }
}
