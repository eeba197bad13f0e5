//! Planned updates.

mod apply;

use model::AttributeValue;

use crate::notation::Notation;
use crate::path::Path;
use crate::syntax::tree::Arithmetic;

/// A planned update. Its paths neither overlap nor conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub(crate) actions: Vec<Action>,
    pub(crate) notation: Notation,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Action {
    pub(crate) path: Path,
    pub(crate) change: Change,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Set(SetValue),
    Remove,
    /// A number, a set, or in legacy notation a list.
    Add(AttributeValue),
    /// A set.
    Delete(AttributeValue),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SetValue {
    Term(Term),
    Arithmetic { operator: Arithmetic, left: Term, right: Term },
}

/// Where SET takes a value from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Term {
    Path(Path),
    Value(AttributeValue),
    IfNotExists(Path, Box<Term>),
    ListAppend(Box<Term>, Box<Term>),
}

impl Update {
    /// How it was written.
    pub fn notation(&self) -> Notation {
        self.notation
    }

    /// The paths it writes, in the order written.
    pub fn paths(&self) -> Vec<&Path> {
        self.actions.iter().map(|action| &action.path).collect()
    }

    /// The paths it reads, in the order written.
    pub fn read_paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        for action in &self.actions {
            match &action.change {
                Change::Set(SetValue::Term(term)) => term.collect_paths(&mut paths),
                Change::Set(SetValue::Arithmetic { left, right, .. }) => {
                    left.collect_paths(&mut paths);
                    right.collect_paths(&mut paths);
                }
                Change::Remove | Change::Add(_) | Change::Delete(_) => {}
            }
        }
        paths
    }

    /// Whether it has a SET or ADD clause: one that only removes creates nothing.
    pub fn creates(&self) -> bool {
        self.actions.iter().any(|action| matches!(action.change, Change::Set(_) | Change::Add(_)))
    }
}

impl Term {
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
