//! Evaluating a condition for one item, in steps.
//!
//! A condition of 4 KB over an item of 400 KB is a thousand looks at the item: milliseconds, during
//! which others may want to run. So an evaluation counts the bytes that it goes through, and whoever
//! evaluates may pause when they were enough.

use std::collections::HashMap;

use model::{MapRef, Number, Operand, ValueRef};

use crate::attribute_tests::AttributesEvaluation;
use crate::comparing::{begins_with, compare, contains};
use crate::condition::{Formula, Term, Test};
use crate::logic::{Logic, Place};
use crate::lookup::{Found, Paths};
use crate::syntax::tree::Comparator;

/// Bytes that a test counts for besides those that it goes through.
const TEST_WORK: usize = 32;
/// Containers whose sizes are remembered: to count the elements of a smaller one again is as quick.
const REMEMBERED_BYTES_MIN: usize = 256;

/// A condition that is being evaluated for an item.
pub struct Evaluation<'a> {
    kind: Kind<'a>,
}

enum Kind<'a> {
    Tests(TestsEvaluation<'a>),
    Attributes(AttributesEvaluation<'a>),
}

struct TestsEvaluation<'a> {
    tests: &'a Logic<Test>,
    place: Place,
    item: Item<'a>,
}

/// The item, as terms look at it.
struct Item<'a> {
    found: Found<'a>,
    /// Of containers, by where their elements lie.
    sizes: HashMap<usize, usize>,
    /// Bytes gone through in this step.
    work: usize,
    /// Those gone through before the first step.
    finding: usize,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(formula: &'a Formula, item: MapRef<'a>) -> Self {
        let kind = match formula {
            Formula::Tests { tests, paths } => {
                let item = Item::new(paths, item);
                Kind::Tests(TestsEvaluation { tests, place: Place::default(), item })
            }
            Formula::Attributes(tests) => Kind::Attributes(tests.evaluation(item)),
        };
        Self { kind }
    }

    /// Goes on until it is known whether the condition holds, or until some `work` bytes were gone
    /// through, whichever comes first; in one step it goes through two values more at most.
    pub fn proceed(&mut self, work: usize) -> Option<bool> {
        match &mut self.kind {
            Kind::Tests(evaluation) => evaluation.proceed(work),
            Kind::Attributes(evaluation) => evaluation.proceed(work),
        }
    }

    /// Bytes that the last step went through.
    pub fn work(&self) -> usize {
        match &self.kind {
            Kind::Tests(evaluation) => evaluation.item.work,
            Kind::Attributes(evaluation) => evaluation.work,
        }
    }

    /// Goes on to the end.
    pub(crate) fn finish(mut self) -> bool {
        loop {
            if let Some(holds) = self.proceed(usize::MAX) {
                return holds;
            }
        }
    }
}

impl TestsEvaluation<'_> {
    fn proceed(&mut self, work: usize) -> Option<bool> {
        let Self { tests, place, item } = self;
        // To find many paths takes a look at all of the item.
        item.work = std::mem::take(&mut item.finding);
        while item.work < work {
            match tests.next_test(place) {
                Ok(test) => place.answer(item.passes(test)),
                Err(holds) => return Some(holds),
            }
        }
        None
    }
}

impl<'a> Item<'a> {
    fn new(paths: &'a Paths, item: MapRef<'a>) -> Self {
        let found = paths.find(item);
        Self { found, sizes: HashMap::new(), work: 0, finding: item.encoded_bytes() }
    }

    /// A missing attribute equals nothing, differs from everything and has no order (Alternator's
    /// test_condition_expression.py, run against AWS, 2026-11).
    fn passes(&mut self, test: &'a Test) -> bool {
        self.work += TEST_WORK;
        match test {
            Test::Compare { comparator, left, right } => {
                match (self.evaluate(left), self.evaluate(right)) {
                    (Some(left), Some(right)) => compare(*comparator, left.view(), right.view()),
                    _ => *comparator == Comparator::NotEqual,
                }
            }
            Test::Between { term, low, high } => {
                self.both(term, low, |it, low| compare(Comparator::GreaterOrEqual, it, low))
                    && self.both(term, high, |it, high| compare(Comparator::LessOrEqual, it, high))
            }
            Test::In { term, list } => {
                let Some(it) = self.evaluate(term) else { return false };
                let equals = |one: Evaluated<'_>| compare(Comparator::Equal, one.view(), it.view());
                list.iter().any(|one| self.evaluate(one).is_some_and(equals))
            }
            Test::Exists(path) => self.found.value(*path).is_some(),
            Test::NotExists(path) => self.found.value(*path).is_none(),
            Test::HasType(term, name) => {
                self.evaluate(term).is_some_and(|it| it.view().type_name() == *name)
            }
            Test::BeginsWith { term, prefix } => self.both(term, prefix, begins_with),
            Test::Contains { term, element } => self.both(term, element, contains),
        }
    }

    /// What `test` says of two terms' values; false where one is missing.
    fn both(
        &mut self,
        one: &'a Term,
        two: &'a Term,
        test: impl FnOnce(ValueRef<'_>, ValueRef<'_>) -> bool,
    ) -> bool {
        match (self.evaluate(one), self.evaluate(two)) {
            (Some(one), Some(two)) => test(one.view(), two.view()),
            _ => false,
        }
    }

    /// `None` where the item has no such attribute, or its attribute no size.
    fn evaluate(&mut self, term: &'a Term) -> Option<Evaluated<'a>> {
        let value = match term {
            Term::Path(path) => self.found.value(*path)?,
            Term::Value(operand) => operand.value(),
            Term::SizeOf(term) => {
                let size = match self.evaluate(term)? {
                    Evaluated::View(value) => self.size(value)?,
                    Evaluated::Number(_) => return None,
                };
                let number = Number::from(u64::try_from(size).ok()?);
                return Some(Evaluated::Number(Operand::of_number(number)));
            }
        };
        self.work += value.encoded_bytes();
        Some(Evaluated::View(value))
    }

    /// The size of a value. To count the elements of a large one takes a look at all of them, so that
    /// it is done once.
    fn size(&mut self, value: ValueRef<'a>) -> Option<usize> {
        if value.encoded_bytes() < REMEMBERED_BYTES_MIN {
            return value.size();
        }
        let at = value.address();
        if let Some(size) = self.sizes.get(&at) {
            return Some(*size);
        }
        let size = value.size()?;
        self.sizes.insert(at, size);
        Some(size)
    }
}

/// What a term comes to for an item.
enum Evaluated<'a> {
    View(ValueRef<'a>),
    Number(Operand),
}

impl Evaluated<'_> {
    fn view(&self) -> ValueRef<'_> {
        match self {
            Self::View(view) => *view,
            Self::Number(number) => number.value(),
        }
    }
}
