//! AttributeUpdates.

use model::legacy::{AttributeUpdate, AttributeUpdates, UpdateAction};
use model::{ApiError, Operand, ValueRef};

use super::invalid;
use crate::lookup::Paths;
use crate::notation::Notation;
use crate::path::Path;
use crate::update::{Action, Edit, SetValue, Target, Update, ValueSource};

/// Plans `AttributeUpdates`; `None` where nothing is updated.
///
/// # Errors
/// `Validation`: an action without the value it needs, or with one of a type it does not take.
pub fn update(updates: AttributeUpdates) -> Result<Option<Update>, ApiError> {
    if updates.is_empty() {
        return Ok(None);
    }
    let mut paths = Paths::default();
    let actions = updates.into_iter().map(|(attribute, update)| {
        let path = Target::new(Path::from(attribute), &mut paths);
        Ok(Action { path, edit: edit(update)? })
    });
    let actions = actions.collect::<Result<_, ApiError>>()?;
    Ok(Some(Update::new(actions, paths, Notation::Legacy)))
}

fn edit(update: AttributeUpdate) -> Result<Edit, ApiError> {
    match (update.action, update.value) {
        (UpdateAction::Put, Some(value)) => {
            Ok(Edit::Set(SetValue::Source(ValueSource::Value(value))))
        }
        (UpdateAction::Add, Some(value)) if is_added(&value) => Ok(Edit::Add(value)),
        (UpdateAction::Add, Some(other)) => {
            Err(invalid(&format!("ADD action is not supported for the type {}", other.type_name())))
        }
        (UpdateAction::Delete, Some(value)) if is_set(&value) => Ok(Edit::Delete(value)),
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

/// ADD takes lists as well, which the documentation does not say (test_item.py, 2026-11).
fn is_added(value: &Operand) -> bool {
    is_set(value) || matches!(value.value(), ValueRef::N(_) | ValueRef::L(_))
}

fn is_set(value: &Operand) -> bool {
    matches!(value.value(), ValueRef::Ss(_) | ValueRef::Ns(_) | ValueRef::Bs(_))
}
