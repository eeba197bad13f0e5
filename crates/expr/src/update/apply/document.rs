//! Finding, writing and removing at a path of an item in tree form.

use model::{AttributeMap, AttributeValue};

use crate::path::{Path, Step};

/// The value at a path, if there is one.
pub(super) fn find<'a>(item: &'a AttributeMap, path: &Path) -> Option<&'a AttributeValue> {
    path.steps.iter().try_fold(item.get(&path.attribute)?, step_into)
}

/// Whether a value can stand at the path: its parent is the item, or a document of the right kind.
pub(super) fn has_parent(item: &AttributeMap, path: &Path) -> bool {
    let Some((last, steps)) = path.steps.split_last() else { return true };
    let parent =
        item.get(&path.attribute).and_then(|value| steps.iter().try_fold(value, step_into));
    matches!(
        (parent, last),
        (Some(AttributeValue::M(_)), Step::Name(_)) | (Some(AttributeValue::L(_)), Step::Index(_))
    )
}

/// Puts a value at a path that [`has_parent`]; beyond the end of a list it is appended.
pub(super) fn write(item: &mut AttributeMap, path: &Path, value: AttributeValue) {
    let Some((last, steps)) = path.steps.split_last() else {
        item.insert(path.attribute.clone(), value);
        return;
    };
    match (find_mut(item, path, steps), last) {
        (Some(AttributeValue::M(map)), Step::Name(name)) => {
            map.insert(name.clone(), value);
        }
        (Some(AttributeValue::L(list)), Step::Index(index)) => match list.get_mut(*index) {
            Some(element) => *element = value,
            None => list.push(value),
        },
        _ => unreachable!("the path has a parent, and no other path of the update touches that"),
    }
}

/// Removes the value at a path, which has one; later elements of a list move up.
pub(super) fn remove(item: &mut AttributeMap, path: &Path) {
    let Some((last, steps)) = path.steps.split_last() else {
        let removed = item.remove(&path.attribute);
        debug_assert!(removed.is_some(), "what is removed was there");
        return;
    };
    match (find_mut(item, path, steps), last) {
        (Some(AttributeValue::M(map)), Step::Name(name)) => {
            let removed = map.remove(name);
            debug_assert!(removed.is_some(), "what is removed was there");
        }
        (Some(AttributeValue::L(list)), Step::Index(index)) if *index < list.len() => {
            list.remove(*index);
        }
        _ => unreachable!("what is removed was there, and no other path of the update touches it"),
    }
}

fn step_into<'a>(value: &'a AttributeValue, step: &Step) -> Option<&'a AttributeValue> {
    match (value, step) {
        (AttributeValue::M(map), Step::Name(name)) => map.get(name),
        (AttributeValue::L(list), Step::Index(index)) => list.get(*index),
        _ => None,
    }
}

fn find_mut<'a>(
    item: &'a mut AttributeMap,
    path: &Path,
    steps: &[Step],
) -> Option<&'a mut AttributeValue> {
    steps.iter().try_fold(item.get_mut(&path.attribute)?, |value, step| match (value, step) {
        (AttributeValue::M(map), Step::Name(name)) => map.get_mut(name),
        (AttributeValue::L(list), Step::Index(index)) => list.get_mut(*index),
        _ => None,
    })
}
