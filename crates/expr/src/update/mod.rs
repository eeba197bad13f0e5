//! Planned updates.

mod apply;

use model::{ApiError, Operand};

use crate::lookup::{PathId, Paths};
use crate::notation::Notation;
use crate::path::{Path, check_apart};
use crate::syntax::tree::Arithmetic;

/// A planned update. The paths that it writes neither overlap nor conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub(crate) actions: Vec<Action>,
    /// What it writes and reads.
    pub(crate) paths: Paths,
    pub(crate) notation: Notation,
}

/// One path, and what an update does to the value there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Action {
    pub(crate) path: Target,
    pub(crate) edit: Edit,
}

/// A path that is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Target {
    pub(crate) id: PathId,
    /// The document that the last step is taken in; `None` for an attribute.
    pub(crate) parent: Option<PathId>,
}

/// What an action does to the value at its path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Edit {
    Set(SetValue),
    Remove,
    /// A number, a set, or in legacy notation a list.
    Add(Operand),
    /// A set.
    Delete(Operand),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SetValue {
    Source(ValueSource),
    Arithmetic { operator: Arithmetic, left: ValueSource, right: ValueSource },
}

/// Where SET takes a value from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ValueSource {
    Path(PathId),
    Value(Operand),
    IfNotExists(PathId, Box<ValueSource>),
    ListAppend(Box<ValueSource>, Box<ValueSource>),
}

impl Target {
    /// Adds a path, and its parent, to those of the plan.
    pub(crate) fn new(path: Path, paths: &mut Paths) -> Self {
        let parent = path.parent().map(|parent| paths.add(parent));
        Self { id: paths.add(path), parent }
    }
}

impl Update {
    /// An update of these actions, whose paths are apart.
    pub(crate) fn new(actions: Vec<Action>, mut paths: Paths, notation: Notation) -> Self {
        debug_assert!(!actions.is_empty(), "an update does something");
        debug_assert!(
            check_apart(actions.iter().map(|action| paths.get(action.path.id))).is_ok(),
            "whoever plans an update has refused paths that clash"
        );
        paths.settle();
        Self { actions, paths, notation }
    }

    /// The refusal of an update that makes an item too large.
    pub fn too_large() -> ApiError {
        ApiError::Validation("Item size to update has exceeded the maximum allowed size".to_owned())
    }

    /// Whether it was written as an expression or in legacy parameters.
    pub fn notation(&self) -> Notation {
        self.notation
    }

    /// The paths it writes, in the order written.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.actions.iter().map(|action| self.paths.get(action.path.id))
    }

    /// The paths it reads, in the order written.
    pub fn read_paths(&self) -> Vec<&Path> {
        let mut ids = Vec::new();
        for action in &self.actions {
            match &action.edit {
                Edit::Set(SetValue::Source(source)) => source.collect_paths(&mut ids),
                Edit::Set(SetValue::Arithmetic { left, right, .. }) => {
                    left.collect_paths(&mut ids);
                    right.collect_paths(&mut ids);
                }
                Edit::Remove | Edit::Add(_) | Edit::Delete(_) => {}
            }
        }
        ids.into_iter().map(|id| self.paths.get(id)).collect()
    }

    /// Whether it has a SET or ADD clause: one that only removes creates nothing.
    pub fn creates(&self) -> bool {
        self.actions.iter().any(|action| matches!(action.edit, Edit::Set(_) | Edit::Add(_)))
    }
}

impl ValueSource {
    fn collect_paths(&self, paths: &mut Vec<PathId>) {
        match self {
            Self::Path(path) => paths.push(*path),
            Self::Value(_) => {}
            Self::IfNotExists(path, otherwise) => {
                paths.push(*path);
                otherwise.collect_paths(paths);
            }
            Self::ListAppend(first, second) => {
                first.collect_paths(paths);
                second.collect_paths(paths);
            }
        }
    }
}
