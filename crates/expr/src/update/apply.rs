//! Applying an update to an item.
//!
//! Every operand and every list index means the item as it was before. So values are computed and
//! paths checked against the old item first; then values are written, in path order, so that
//! elements beyond the end of a list are appended by index; what is removed goes last, from the
//! back of each list. (Alternator's test_update_expression.py, run against AWS, 2026-11.)

mod document;
mod operand;

use model::limits::DOCUMENT_DEPTH_MAX;
use model::{ApiError, AttributeMap, AttributeValue};

use super::{Action, Edit, Update};
use crate::notation::Notation;

impl Update {
    /// The item after the update. An empty `old` means that there is no item: the caller adds its
    /// key afterwards.
    ///
    /// # Errors
    /// `ApiError::Validation`, in AWS's words: an operand that the item lacks or has in a wrong
    /// type, a path whose parent does not exist, a number out of range, a document nested too
    /// deeply.
    pub fn apply(&self, old: &AttributeMap) -> Result<AttributeMap, ApiError> {
        let mut writes = Vec::with_capacity(self.actions.len());
        let mut removals = Vec::new();
        for action in &self.actions {
            match action.effect(old, self.notation)? {
                ActionEffect::Write(value) => writes.push((&action.path, value)),
                ActionEffect::Remove => removals.push(&action.path),
                ActionEffect::Nothing => {}
            }
        }
        writes.sort_by_key(|(path, _)| *path);
        removals.sort_unstable_by(|one, two| two.cmp(one));
        let mut item = old.clone();
        for (path, value) in writes {
            document::write(&mut item, path, value);
        }
        for path in removals {
            document::remove(&mut item, path);
        }
        Ok(item)
    }
}

/// What an action does to its path.
enum ActionEffect {
    Write(AttributeValue),
    Remove,
    Nothing,
}

impl Action {
    fn effect(&self, old: &AttributeMap, notation: Notation) -> Result<ActionEffect, ApiError> {
        match &self.edit {
            Edit::Set(value) => self.written(old, value.evaluate(old)?),
            Edit::Add(operand) => self.written(
                old,
                match document::find(old, &self.path) {
                    None => operand.clone(),
                    Some(existing) => operand::added(existing, operand, notation)?,
                },
            ),
            Edit::Delete(operand) => Ok(match self.find_removable(old)? {
                None => ActionEffect::Nothing,
                Some(existing) => {
                    let rest = operand::without(existing, operand, notation)?;
                    rest.map_or(ActionEffect::Remove, ActionEffect::Write)
                }
            }),
            Edit::Remove => {
                let existing = self.find_removable(old)?;
                Ok(existing.map_or(ActionEffect::Nothing, |_| ActionEffect::Remove))
            }
        }
    }

    /// Refuses a path whose parent is no document of its kind, and documents nested too deeply.
    fn written(&self, old: &AttributeMap, value: AttributeValue) -> Result<ActionEffect, ApiError> {
        if !document::has_parent(old, &self.path) {
            return Err(invalid_path());
        }
        if self.path.steps.len() + value.depth() > DOCUMENT_DEPTH_MAX {
            return Err(invalid("Nesting Levels have exceeded supported limits"));
        }
        Ok(ActionEffect::Write(value))
    }

    /// The value to remove or to take from, if there is one. Its parent must exist, unless there is
    /// no item at all (test_nested_attribute_remove_from_missing_item, 2026-11).
    fn find_removable<'a>(
        &self,
        old: &'a AttributeMap,
    ) -> Result<Option<&'a AttributeValue>, ApiError> {
        if !old.is_empty() && !document::has_parent(old, &self.path) {
            return Err(invalid_path());
        }
        Ok(document::find(old, &self.path))
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::Validation(message.to_owned())
}

fn invalid_path() -> ApiError {
    invalid("The document path provided in the update expression is invalid for update")
}
