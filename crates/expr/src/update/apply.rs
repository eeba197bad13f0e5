//! Applying an update to an item.
//!
//! Every operand and every list index means the item as it was before. So values are computed and
//! paths checked against the old item first, in the order written; then the new item is written in
//! the order of its paths, in one pass over the old one. What no path reaches is copied as it lies.
//! (Alternator's test_update_expression.py, run against AWS, 2026-11.)
//!
//! No value is copied before it is written, and nothing is written of an update that makes the item
//! too large: what is written stays in the item, for its paths are apart, so that the sum says so
//! beforehand. A value of 2 MB that is set a thousand times is refused for the price of one.

mod splice;
mod value;

use model::limits::{DOCUMENT_DEPTH_MAX, ITEM_BYTES_MAX};
use model::{ApiError, Item, ValueRef};
use smallvec::SmallVec;

use self::value::{Values, Written};
use super::{Action, Edit, Target, Update};
use crate::path::{Path, Step};

/// Room for the effects of most updates.
type Few<T> = SmallVec<[T; 4]>;

/// What an action does to the value at its path.
struct Effect<'a> {
    path: &'a Path,
    /// What is written there; `None` removes what is there.
    value: Option<Written<'a>>,
}

impl Update {
    /// The item after the update. An empty `old` means that there is no item: the caller adds its
    /// key afterwards.
    ///
    /// # Errors
    /// `ApiError::Validation`, in AWS's words: an operand that the item lacks or has in a wrong
    /// type, a path whose parent does not exist, a number out of range, a document nested too
    /// deeply; behind all of them an item that becomes too large, where that is known before it is
    /// written.
    pub fn apply(&self, old: &Item) -> Result<Item, ApiError> {
        let mut values = Values::new(self.paths.find(old.attributes()), self.notation);
        let mut effects: Few<Effect<'_>> = Few::new();
        let mut written_bytes = 0;
        for action in &self.actions {
            let Some(effect) = self.effect(action, &mut values)? else { continue };
            written_bytes += effect.value.as_ref().map_or(0, Written::item_bytes);
            if written_bytes <= ITEM_BYTES_MAX {
                effects.push(effect);
            } else {
                // The other actions are looked at for what comes before this in the order of checks.
                effects.clear();
                values.are_only_checked();
            }
        }
        if written_bytes > ITEM_BYTES_MAX {
            return Err(Self::too_large());
        }
        effects.sort_unstable_by(|one, other| one.path.cmp(other.path));
        Ok(splice::item(old, &effects))
    }

    /// What an action does, if anything.
    fn effect<'a>(
        &'a self,
        action: &'a Action,
        values: &mut Values<'a>,
    ) -> Result<Option<Effect<'a>>, ApiError> {
        let path = self.paths.get(action.path.id);
        match &action.edit {
            Edit::Set(value) => {
                let value = values.set(value)?;
                self.written(action.path, value, values)
            }
            Edit::Add(operand) => {
                let value = match values.found.value(action.path.id) {
                    None => Written::of_operand(operand),
                    Some(existing) => values.added(existing, operand)?,
                };
                self.written(action.path, value, values)
            }
            Edit::Delete(operand) => {
                let Some(existing) = self.removable(action.path, values)? else { return Ok(None) };
                Ok(Some(Effect { path, value: values.without(existing, operand)? }))
            }
            Edit::Remove => {
                let existing = self.removable(action.path, values)?;
                Ok(existing.map(|_| Effect { path, value: None }))
            }
        }
    }

    /// Refuses a path whose parent is no document of its kind, and documents nested too deeply.
    fn written<'a>(
        &'a self,
        target: Target,
        value: Written<'a>,
        values: &mut Values<'a>,
    ) -> Result<Option<Effect<'a>>, ApiError> {
        let path = self.paths.get(target.id);
        if !self.has_parent(target, values) {
            return Err(invalid_path());
        }
        if path.steps.len() + value.depth() > DOCUMENT_DEPTH_MAX {
            return Err(invalid("Nesting Levels have exceeded supported limits"));
        }
        Ok(Some(Effect { path, value: Some(value) }))
    }

    /// The value to remove or to take from, if there is one. Its parent must exist, unless there is
    /// no item at all (test_nested_attribute_remove_from_missing_item, 2026-11).
    fn removable<'a>(
        &self,
        target: Target,
        values: &Values<'a>,
    ) -> Result<Option<ValueRef<'a>>, ApiError> {
        if !values.found.item().is_empty() && !self.has_parent(target, values) {
            return Err(invalid_path());
        }
        Ok(values.found.value(target.id))
    }

    /// Whether a value can stand there: the parent is the item, or a document of the right kind.
    fn has_parent(&self, target: Target, values: &Values<'_>) -> bool {
        let Some(parent) = target.parent else { return true };
        matches!(
            (values.found.value(parent), self.paths.get(target.id).steps.last()),
            (Some(ValueRef::M(_)), Some(Step::Name(_)))
                | (Some(ValueRef::L(_)), Some(Step::Index(_)))
        )
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::Validation(message.to_owned())
}

fn invalid_path() -> ApiError {
    invalid("The document path provided in the update expression is invalid for update")
}
