//! Writing and removing inside an attribute's value in tree form.

use model::AttributeValue;

use crate::path::Step;

/// Puts a value where `steps` lead, whose parent is a document of the right kind; beyond the end of
/// a list it is appended.
pub(super) fn write(attribute: &mut AttributeValue, steps: &[Step], value: AttributeValue) {
    match parent(attribute, steps) {
        Some((AttributeValue::M(map), Step::Name(name))) => {
            map.insert(name.clone(), value);
        }
        Some((AttributeValue::L(list), Step::Index(index))) => match list.get_mut(*index) {
            Some(element) => *element = value,
            None => list.push(value),
        },
        _ => unreachable!("the path has a parent, and no other path of the update touches that"),
    }
}

/// Removes the value to which `steps` lead, which is there; later elements of a list move up.
pub(super) fn remove(attribute: &mut AttributeValue, steps: &[Step]) {
    match parent(attribute, steps) {
        Some((AttributeValue::M(map), Step::Name(name))) => {
            let removed = map.remove(name);
            debug_assert!(removed.is_some(), "what is removed was there");
        }
        Some((AttributeValue::L(list), Step::Index(index))) if *index < list.len() => {
            list.remove(*index);
        }
        _ => unreachable!("what is removed was there, and no other path of the update touches it"),
    }
}

/// The document that the last step is taken in, and that step.
fn parent<'v, 's>(
    attribute: &'v mut AttributeValue,
    steps: &'s [Step],
) -> Option<(&'v mut AttributeValue, &'s Step)> {
    let (last, steps) = steps.split_last()?;
    let parent = steps.iter().try_fold(attribute, |value, step| match (value, step) {
        (AttributeValue::M(map), Step::Name(name)) => map.get_mut(name),
        (AttributeValue::L(list), Step::Index(index)) => list.get_mut(*index),
        _ => None,
    })?;
    Some((parent, last))
}
