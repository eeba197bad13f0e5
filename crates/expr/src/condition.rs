//! Planned conditions and filters, and what they say of an item.

use model::{AttributeValue, MapRef, Number, ValueRef};

use crate::logic::Logic;
use crate::notation::Notation;
use crate::operand::Operand;
use crate::path::Path;
use crate::syntax::tree::Comparator;

/// A planned condition or filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(crate) formula: Logic<Test>,
    pub(crate) notation: Notation,
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
    Exists(Path),
    NotExists(Path),
    /// Whether the term has the type of this name.
    HasType(Term, String),
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
    Path(Path),
    Value(Operand),
    /// `size(term)`
    SizeOf(Box<Term>),
}

impl Condition {
    /// Whether it holds for an item; [`MapRef::EMPTY`] where there is none.
    pub fn holds(&self, item: MapRef<'_>) -> bool {
        self.formula.holds(|test| test.holds(item))
    }

    /// Whether it was written as an expression or in legacy parameters.
    pub fn notation(&self) -> Notation {
        self.notation
    }

    /// Paths it reads, in the order written; a path read twice is there twice.
    pub fn paths(&self) -> Vec<&Path> {
        self.formula.tests().flat_map(Test::paths).collect()
    }

    /// Top-level attributes it reads, each once, in the order first read.
    pub fn attributes(&self) -> Vec<&str> {
        let mut attributes: Vec<&str> = Vec::new();
        for path in self.paths() {
            if !attributes.contains(&path.attribute.as_str()) {
                attributes.push(&path.attribute);
            }
        }
        attributes
    }
}

impl Test {
    /// A missing attribute equals nothing, differs from everything and has no order (Alternator's
    /// test_condition_expression.py, run against AWS, 2026-11).
    fn holds(&self, item: MapRef<'_>) -> bool {
        match self {
            Self::Compare { comparator, left, right } => {
                match (left.evaluate(item), right.evaluate(item)) {
                    (Some(left), Some(right)) => compare(*comparator, left.view(), right.view()),
                    _ => *comparator == Comparator::NotEqual,
                }
            }
            Self::Between { term, low, high } => {
                both(item, term, low, |it, low| compare(Comparator::GreaterOrEqual, it, low))
                    && both(item, term, high, |it, high| compare(Comparator::LessOrEqual, it, high))
            }
            Self::In { term, list } => term.evaluate(item).is_some_and(|it| {
                let equals = |one: Evaluated<'_>| one.view() == it.view();
                list.iter().any(|one| one.evaluate(item).is_some_and(equals))
            }),
            Self::Exists(path) => path.find(item).is_some(),
            Self::NotExists(path) => path.find(item).is_none(),
            Self::HasType(term, name) => {
                term.evaluate(item).is_some_and(|it| it.view().type_name() == name)
            }
            Self::BeginsWith { term, prefix } => both(item, term, prefix, begins_with),
            Self::Contains { term, element } => both(item, term, element, contains),
        }
    }

    fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Compare { left, right, .. } => paths_of([left, right]),
            Self::Between { term, low, high } => paths_of([term, low, high]),
            Self::In { term, list } => paths_of(std::iter::once(term).chain(list)),
            Self::Exists(path) | Self::NotExists(path) => vec![path],
            Self::HasType(term, _) => paths_of([term]),
            Self::BeginsWith { term, prefix } => paths_of([term, prefix]),
            Self::Contains { term, element } => paths_of([term, element]),
        }
    }
}

fn paths_of<'a>(terms: impl IntoIterator<Item = &'a Term>) -> Vec<&'a Path> {
    terms.into_iter().filter_map(Term::path).collect()
}

/// What a term comes to for an item.
enum Evaluated<'a> {
    View(ValueRef<'a>),
    Computed(Operand),
}

impl Evaluated<'_> {
    fn view(&self) -> ValueRef<'_> {
        match self {
            Self::View(view) => *view,
            Self::Computed(operand) => operand.value(),
        }
    }
}

impl Term {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Value(_) => None,
            Self::SizeOf(term) => term.path(),
        }
    }

    /// `None` where the item has no such attribute, or its attribute no size.
    fn evaluate<'a>(&'a self, item: MapRef<'a>) -> Option<Evaluated<'a>> {
        match self {
            Self::Path(path) => path.find(item).map(Evaluated::View),
            Self::Value(operand) => Some(Evaluated::View(operand.value())),
            Self::SizeOf(term) => {
                let size = term.evaluate(item)?.view().size()?;
                let number = Number::from(u64::try_from(size).ok()?);
                Some(Evaluated::Computed(Operand::new(&AttributeValue::N(number))))
            }
        }
    }
}

/// What `test` says of two terms' values; false where one is missing.
fn both(
    item: MapRef<'_>,
    one: &Term,
    two: &Term,
    test: impl FnOnce(ValueRef<'_>, ValueRef<'_>) -> bool,
) -> bool {
    match (one.evaluate(item), two.evaluate(item)) {
        (Some(one), Some(two)) => test(one.view(), two.view()),
        _ => false,
    }
}

fn compare(comparator: Comparator, left: ValueRef<'_>, right: ValueRef<'_>) -> bool {
    match comparator {
        Comparator::Equal => left == right,
        Comparator::NotEqual => left != right,
        Comparator::Less => left.compare(&right).is_some_and(|order| order.is_lt()),
        Comparator::LessOrEqual => left.compare(&right).is_some_and(|order| order.is_le()),
        Comparator::Greater => left.compare(&right).is_some_and(|order| order.is_gt()),
        Comparator::GreaterOrEqual => left.compare(&right).is_some_and(|order| order.is_ge()),
    }
}

fn begins_with(value: ValueRef<'_>, prefix: ValueRef<'_>) -> bool {
    match (value, prefix) {
        (ValueRef::S(text), ValueRef::S(prefix)) => text.as_bytes().starts_with(prefix.as_bytes()),
        (ValueRef::B(bytes), ValueRef::B(prefix)) => bytes.starts_with(prefix),
        _ => false,
    }
}

/// A part of a text or binary, or an element of a set or list; never of a map (Alternator's
/// test_filter_expression.py, run against AWS, 2026-11).
fn contains(value: ValueRef<'_>, element: ValueRef<'_>) -> bool {
    match (value, element) {
        (ValueRef::S(text), ValueRef::S(part)) => text.as_str().contains(part.as_str()),
        (ValueRef::B(bytes), ValueRef::B(part)) => contains_bytes(bytes, part),
        (ValueRef::Ss(set), ValueRef::S(_))
        | (ValueRef::Ns(set), ValueRef::N(_))
        | (ValueRef::Bs(set), ValueRef::B(_)) => set.contains(&element),
        (ValueRef::L(list), _) => list.iter().any(|one| one == element),
        _ => false,
    }
}

fn contains_bytes(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}
