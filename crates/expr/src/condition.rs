//! Planned conditions and filters, and what they say of an item.

use std::collections::HashSet;
use std::sync::Arc;

use model::MapRef;

use crate::attribute_tests::AttributeTests;
use crate::evaluation::Evaluation;
use crate::logic::Logic;
use crate::lookup::{PathId, Paths};
use crate::notation::Notation;
use crate::path::Path;
use crate::syntax::tree::Comparator;
use model::Operand;

/// A planned condition or filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(crate) formula: Formula,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Formula {
    /// Tests of whatever an expression compares, joined as it says.
    Tests {
        tests: Logic<Test>,
        /// What the tests read.
        paths: Paths,
    },
    /// Tests of attributes, as the parameters from before there were expressions have them.
    Attributes(AttributeTests),
}

/// One test of an item.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Compare {
        comparator: Comparator,
        left: Term,
        right: Term,
    },
    Between {
        term: Term,
        low: Term,
        high: Term,
    },
    In {
        term: Term,
        list: Vec<Term>,
    },
    Exists(PathId),
    NotExists(PathId),
    /// Whether the term has the type of this name.
    HasType(Term, &'static str),
    BeginsWith {
        term: Term,
        prefix: Term,
    },
    Contains {
        term: Term,
        element: Term,
    },
}

/// Where a test takes a value from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Term {
    Path(PathId),
    Value(Operand),
    /// `size(term)`
    SizeOf(Box<Term>),
}

/// Most steps, and most paths, of a condition whose evaluation is short for any item.
const LIGHT_STEPS_MAX: usize = 8;

impl Condition {
    /// Whether it holds for an item; [`MapRef::EMPTY`] where there is none.
    pub fn holds(&self, item: MapRef<'_>) -> bool {
        self.evaluation(item).finish()
    }

    /// Begins to evaluate it for an item, in steps.
    pub fn evaluation<'a>(&'a self, item: MapRef<'a>) -> Evaluation<'a> {
        Evaluation::new(&self.formula, item)
    }

    /// Whether an evaluation takes no longer than a few looks at the item, so that nobody needs to
    /// pause in it.
    pub fn is_light(&self) -> bool {
        match &self.formula {
            Formula::Tests { tests, paths } => {
                tests.steps().len() <= LIGHT_STEPS_MAX && paths.len() <= LIGHT_STEPS_MAX
            }
            Formula::Attributes(tests) => tests.iter().len() <= LIGHT_STEPS_MAX,
        }
    }

    /// Whether it was written as an expression or in legacy parameters.
    pub fn notation(&self) -> Notation {
        match &self.formula {
            Formula::Tests { .. } => Notation::Expression,
            Formula::Attributes(_) => Notation::Legacy,
        }
    }

    /// Paths it reads, in the order written; a path read twice is there twice.
    pub fn paths(&self) -> Vec<Path> {
        match &self.formula {
            Formula::Tests { paths, .. } => paths.iter().cloned().collect(),
            Formula::Attributes(tests) => {
                let path = |attribute| Path { attribute: Arc::clone(attribute), steps: Vec::new() };
                tests.attributes().map(path).collect()
            }
        }
    }

    /// Top-level attributes it reads, each once, in the order first read.
    pub fn attributes(&self) -> Vec<&str> {
        match &self.formula {
            Formula::Tests { paths, .. } => {
                let mut seen = HashSet::new();
                let attributes = paths.iter().map(|path| &*path.attribute);
                attributes.filter(|attribute| seen.insert(*attribute)).collect()
            }
            Formula::Attributes(tests) => {
                tests.attributes().map(|attribute| &**attribute).collect()
            }
        }
    }
}
