//! Applying an update to an item.
//!
//! Every operand and every list index means the item as it was before. So values are computed and
//! paths checked against the old item first; then values are written, in path order, so that
//! elements beyond the end of a list are appended by index; what is removed goes last, from the
//! back of each list. (Alternator's test_update_expression.py, run against AWS, 2026-11.)
//!
//! The old item stays in its byte form: a tree is built of an operand that is copied, and of an
//! attribute that an update reaches into, and of nothing else.

mod document;
mod operand;

use std::borrow::Cow;
use std::cmp::Ordering;

use model::limits::DOCUMENT_DEPTH_MAX;
use model::{ApiError, AttributeValue, Item, MapRef, ValueRef};
use smallvec::SmallVec;

use super::{Action, Edit, Update};
use crate::notation::Notation;
use crate::path::Path;

/// Room for the changes of most updates.
type Few<T> = SmallVec<[T; 4]>;

/// A top-level attribute and what it becomes; `None` removes it.
type Change<'a> = (&'a str, Option<Cow<'a, AttributeValue>>);

impl Update {
    /// The item after the update. An empty `old` means that there is no item: the caller adds its
    /// key afterwards.
    ///
    /// # Errors
    /// `ApiError::Validation`, in AWS's words: an operand that the item lacks or has in a wrong
    /// type, a path whose parent does not exist, a number out of range, a document nested too
    /// deeply.
    pub fn apply(&self, old: &Item) -> Result<Item, ApiError> {
        let attributes = old.attributes();
        let mut effects: Few<Effect<'_>> = Few::new();
        for action in &self.actions {
            effects.extend(action.effect(attributes, self.notation)?);
        }
        effects.sort_unstable_by(Effect::order);
        let mut changes: Few<Change<'_>> = Few::new();
        for effect in effects {
            if effect.path.steps.is_empty() {
                changes.push((&effect.path.attribute, effect.value));
            } else {
                effect.reach_into(attributes, &mut changes);
            }
        }
        Ok(old.with_changes(changes.iter().map(|(name, value)| (*name, value.as_deref()))))
    }
}

/// What an action does to the value at its path.
struct Effect<'a> {
    path: &'a Path,
    /// What is written there; `None` removes what is there.
    value: Option<Cow<'a, AttributeValue>>,
}

impl<'a> Effect<'a> {
    /// Attribute by attribute, what is written before what is removed, that from the back.
    fn order(one: &Self, other: &Self) -> Ordering {
        let attributes = one.path.attribute.cmp(&other.path.attribute);
        attributes.then_with(|| match (&one.value, &other.value) {
            (Some(_), Some(_)) => one.path.steps.cmp(&other.path.steps),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => other.path.steps.cmp(&one.path.steps),
        })
    }

    /// Changes the inside of an attribute: as the effect before has left it, or as it was.
    fn reach_into(self, old: MapRef<'_>, changes: &mut Few<Change<'a>>) {
        let Path { attribute, steps } = self.path;
        if changes.last().is_none_or(|(name, _)| name != attribute) {
            let value = old.get(attribute).map(|value| Cow::Owned(value.to_value()));
            changes.push((attribute, value));
        }
        let Some((_, Some(changed))) = changes.last_mut() else {
            unreachable!("a path with steps has a parent, which no other path removes")
        };
        match self.value {
            Some(value) => document::write(changed.to_mut(), steps, value.into_owned()),
            None => document::remove(changed.to_mut(), steps),
        }
    }
}

impl Action {
    /// What the action does, if anything.
    fn effect<'a>(
        &'a self,
        old: MapRef<'a>,
        notation: Notation,
    ) -> Result<Option<Effect<'a>>, ApiError> {
        match &self.edit {
            Edit::Set(value) => self.written(old, value.evaluate(old)?),
            Edit::Add(operand) => self.written(
                old,
                match self.path.find(old) {
                    None => Cow::Borrowed(operand),
                    Some(existing) => Cow::Owned(operand::added(&existing, operand, notation)?),
                },
            ),
            Edit::Delete(operand) => {
                let Some(existing) = self.find_removable(old)? else { return Ok(None) };
                let value = operand::without(&existing, operand, notation)?.map(Cow::Owned);
                Ok(Some(Effect { path: &self.path, value }))
            }
            Edit::Remove => {
                let existing = self.find_removable(old)?;
                Ok(existing.map(|_| Effect { path: &self.path, value: None }))
            }
        }
    }

    /// Refuses a path whose parent is no document of its kind, and documents nested too deeply.
    fn written<'a>(
        &'a self,
        old: MapRef<'_>,
        value: Cow<'a, AttributeValue>,
    ) -> Result<Option<Effect<'a>>, ApiError> {
        if !self.path.has_parent(old) {
            return Err(invalid_path());
        }
        if self.path.steps.len() + value.depth() > DOCUMENT_DEPTH_MAX {
            return Err(invalid("Nesting Levels have exceeded supported limits"));
        }
        Ok(Some(Effect { path: &self.path, value: Some(value) }))
    }

    /// The value to remove or to take from, if there is one. Its parent must exist, unless there is
    /// no item at all (test_nested_attribute_remove_from_missing_item, 2026-11).
    fn find_removable<'a>(&self, old: MapRef<'a>) -> Result<Option<ValueRef<'a>>, ApiError> {
        if !old.is_empty() && !self.path.has_parent(old) {
            return Err(invalid_path());
        }
        Ok(self.path.find(old))
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::Validation(message.to_owned())
}

fn invalid_path() -> ApiError {
    invalid("The document path provided in the update expression is invalid for update")
}
