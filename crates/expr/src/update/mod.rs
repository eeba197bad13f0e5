//! Planned updates.

mod apply;

use model::AttributeValue;

use crate::notation::Notation;
use crate::path::{Path, check_apart};
use crate::syntax::tree::Arithmetic;

/// A planned update. Its paths neither overlap nor conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub(crate) actions: Vec<Action>,
    pub(crate) notation: Notation,
}

/// One path, and what an update does to the value there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Action {
    pub(crate) path: Path,
    pub(crate) edit: Edit,
}

/// What an action does to the value at its path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Edit {
    Set(SetValue),
    Remove,
    /// A number, a set, or in legacy notation a list.
    Add(AttributeValue),
    /// A set.
    Delete(AttributeValue),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SetValue {
    Source(ValueSource),
    Arithmetic { operator: Arithmetic, left: ValueSource, right: ValueSource },
}

/// Where SET takes a value from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ValueSource {
    Path(Path),
    Value(AttributeValue),
    IfNotExists(Path, Box<ValueSource>),
    ListAppend(Box<ValueSource>, Box<ValueSource>),
}

impl Update {
    /// An update of these actions, whose paths are apart.
    pub(crate) fn new(actions: Vec<Action>, notation: Notation) -> Self {
        debug_assert!(!actions.is_empty(), "an update does something");
        debug_assert!(
            check_apart(actions.iter().map(|action| &action.path)).is_ok(),
            "whoever plans an update has refused paths that clash"
        );
        Self { actions, notation }
    }

    /// Whether it was written as an expression or in legacy parameters.
    pub fn notation(&self) -> Notation {
        self.notation
    }

    /// The paths it writes, in the order written.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.actions.iter().map(|action| &action.path)
    }

    /// The paths it reads, in the order written.
    pub fn read_paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        for action in &self.actions {
            match &action.edit {
                Edit::Set(SetValue::Source(source)) => source.collect_paths(&mut paths),
                Edit::Set(SetValue::Arithmetic { left, right, .. }) => {
                    left.collect_paths(&mut paths);
                    right.collect_paths(&mut paths);
                }
                Edit::Remove | Edit::Add(_) | Edit::Delete(_) => {}
            }
        }
        paths
    }

    /// Whether it has a SET or ADD clause: one that only removes creates nothing.
    pub fn creates(&self) -> bool {
        self.actions.iter().any(|action| matches!(action.edit, Edit::Set(_) | Edit::Add(_)))
    }
}

impl ValueSource {
    fn collect_paths<'a>(&'a self, paths: &mut Vec<&'a Path>) {
        match self {
            Self::Path(path) => paths.push(path),
            Self::Value(_) => {}
            Self::IfNotExists(path, otherwise) => {
                paths.push(path);
                otherwise.collect_paths(paths);
            }
            Self::ListAppend(first, second) => {
                first.collect_paths(paths);
                second.collect_paths(paths);
            }
        }
    }
}
