//! Document paths with every name resolved.

use std::fmt;
use std::sync::Arc;

use model::{MapRef, ValueRef};
use smallvec::SmallVec;

use crate::fault::Fault;

/// A document path with every name resolved: `a.b[3]`. Names are shared: a placeholder may stand for
/// one of 64 KB in a thousand places.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The top-level attribute.
    pub attribute: Arc<str>,
    /// The steps behind the attribute, into its value.
    pub steps: Vec<Step>,
}

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// `.name`
    Name(Arc<str>),
    /// `[index]`
    Index(usize),
}

impl Path {
    /// The value at this path, if the item has one.
    pub(crate) fn find<'a>(&self, item: MapRef<'a>) -> Option<ValueRef<'a>> {
        let attribute = item.get(&self.attribute)?;
        self.steps.iter().try_fold(attribute, |value, step| match (step, value) {
            (Step::Name(name), ValueRef::M(map)) => map.get(name),
            (Step::Index(index), ValueRef::L(list)) => list.get(*index),
            _ => None,
        })
    }

    /// The path of the document that the last step is taken in; `None` for an attribute.
    pub(crate) fn parent(&self) -> Option<Self> {
        let (_, steps) = self.steps.split_last()?;
        Some(Self { attribute: Arc::clone(&self.attribute), steps: steps.to_vec() })
    }
}

/// The path of a top-level attribute.
impl From<String> for Path {
    fn from(attribute: String) -> Self {
        Self { attribute: attribute.into(), steps: Vec::new() }
    }
}

/// As messages show it: `[a, b, [3]]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.attribute)?;
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, ", {name}")?,
                Step::Index(index) => write!(f, ", [{index}]")?,
            }
        }
        f.write_str("]")
    }
}

/// How two paths of one expression get into each other's way.
#[derive(Clone, Copy, PartialEq)]
enum Clash {
    /// One contains the other.
    Overlap,
    /// They take one value for a map and for a list.
    Conflict,
}

/// Refuses paths that overlap or conflict with one another (Alternator's
/// test_projection_expression.py and test_update_expression.py, run against AWS, 2026-11).
pub(crate) fn check_apart<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), Fault> {
    let paths: SmallVec<[&Path; 4]> = paths.into_iter().collect();
    // Clashing paths share a beginning, so sorting brings some two of them side by side. Only then
    // is it worth comparing all pairs, to name the first in the order written. An expression has some
    // two thousand paths at most.
    let mut sorted = paths.clone();
    sorted.sort_unstable();
    if sorted.windows(2).all(|pair| clash(pair[0], pair[1]).is_none()) {
        return Ok(());
    }
    let first_pair = |kind: Clash| {
        paths.iter().enumerate().find_map(|(at, two)| {
            let one = paths[..at].iter().find(|one| clash(one, two) == Some(kind))?;
            Some((*one, *two))
        })
    };
    if let Some((one, two)) = first_pair(Clash::Overlap) {
        return Err(Fault::paths_overlap(one, two));
    }
    let conflict = first_pair(Clash::Conflict);
    let (one, two) = conflict.expect("two neighbours clash, and none overlap");
    Err(Fault::paths_conflict(one, two))
}

fn clash(one: &Path, two: &Path) -> Option<Clash> {
    if one.attribute != two.attribute {
        return None;
    }
    for steps in one.steps.iter().zip(&two.steps) {
        match steps {
            (one, two) if one == two => {}
            (Step::Name(_), Step::Index(_)) | (Step::Index(_), Step::Name(_)) => {
                return Some(Clash::Conflict);
            }
            _ => return None,
        }
    }
    Some(Clash::Overlap)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Path, Step, check_apart, clash};

    fn paths() -> impl Strategy<Value = Vec<Path>> {
        let step = prop_oneof![
            "[x-z]".prop_map(|name| Step::Name(name.into())),
            (0..3usize).prop_map(Step::Index),
        ];
        let path = ("[a-c]", prop::collection::vec(step, 0..3))
            .prop_map(|(attribute, steps)| Path { attribute: attribute.into(), steps });
        prop::collection::vec(path, 0..6)
    }

    proptest! {
        #[test]
        fn paths_are_apart_when_no_two_clash(paths in paths()) {
            let clashing = paths.iter().enumerate().any(|(at, two)| {
                paths[..at].iter().any(|one| clash(one, two).is_some())
            });
            prop_assert_eq!(check_apart(&paths).is_err(), clashing);
        }
    }
}
