//! Tests of attributes, each of another one, of which all or one must hold.
//!
//! A request may have hundreds of thousands of them, and a page as many items: what an item costs
//! depends on the attributes that it has, not on the tests. Of the attributes that it lacks it is
//! known beforehand what their tests say, and how many of them decide the matter.

use std::iter::Peekable;
use std::sync::Arc;

use model::legacy::ConditionalOperator;
use model::{Entries, MapRef, Operand, TextRef, ValueRef};

use crate::comparing::{begins_with, compare, contains};
use crate::syntax::tree::Comparator;

/// Tests by attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AttributeTests {
    joint: ConditionalOperator,
    /// Sorted by attribute, each once.
    tests: Vec<(Arc<str>, AttributeTest)>,
    /// How many tests decide the matter where the item lacks their attribute.
    deciding_absences: usize,
}

/// What an attribute must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AttributeTest {
    Compare(Comparator, Operand),
    Between(Operand, Operand),
    /// Sorted; scalars of one type.
    In(Vec<Operand>),
    BeginsWith(Operand),
    Contains(Operand),
    NotContains(Operand),
    Exists,
    NotExists,
}

/// How many tests there may be for each byte of an item before they are searched for its attributes,
/// rather than gone through beside them.
const TESTS_PER_BYTE: usize = 1;
/// Bytes that an attribute counts for besides those that are gone through.
const ENTRY_WORK: usize = 32;

impl AttributeTests {
    /// Tests sorted by attribute, of which all must hold, or one.
    pub(crate) fn new(joint: ConditionalOperator, tests: Vec<(Arc<str>, AttributeTest)>) -> Self {
        debug_assert!(tests.is_sorted_by(|(one, _), (next, _)| one < next), "by attribute");
        let decides = decides(joint);
        let deciding_absences =
            tests.iter().filter(|(_, test)| test.holds(None) == decides).count();
        Self { joint, tests, deciding_absences }
    }

    pub(crate) fn joint(&self) -> ConditionalOperator {
        self.joint
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &(Arc<str>, AttributeTest)> {
        self.tests.iter()
    }

    pub(crate) fn attributes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.tests.iter().map(|(attribute, _)| attribute)
    }

    pub(crate) fn evaluation<'a>(&'a self, item: MapRef<'a>) -> AttributesEvaluation<'a> {
        AttributesEvaluation {
            tests: self,
            entries: item.iter().peekable(),
            passed: 0,
            is_searched: self.tests.len() > TESTS_PER_BYTE * item.encoded_bytes(),
            deciding_absences: self.deciding_absences,
            work: 0,
        }
    }
}

/// What a test must say to decide the matter alone.
fn decides(joint: ConditionalOperator) -> bool {
    joint == ConditionalOperator::Or
}

/// Tests on their way through the attributes of an item.
pub(crate) struct AttributesEvaluation<'a> {
    tests: &'a AttributeTests,
    entries: Peekable<Entries<'a>>,
    /// Tests whose attributes sort before the next entry.
    passed: usize,
    is_searched: bool,
    /// How many such tests have not met their attribute.
    deciding_absences: usize,
    /// Bytes gone through in this step.
    pub(crate) work: usize,
}

impl<'a> AttributesEvaluation<'a> {
    /// See [`crate::Evaluation::proceed`].
    pub(crate) fn proceed(&mut self, work: usize) -> Option<bool> {
        let decides = decides(self.tests.joint);
        self.work = 0;
        while self.work < work {
            let Some((name, value)) = self.entries.next() else {
                return Some(if self.deciding_absences > 0 { decides } else { !decides });
            };
            self.work += ENTRY_WORK + name.len();
            let Some(test) = self.test_of(name) else { continue };
            self.work += value.encoded_bytes();
            if test.holds(Some(value)) == decides {
                return Some(decides);
            }
            self.deciding_absences -= usize::from(test.holds(None) == decides);
        }
        None
    }

    /// The test of an attribute, which sorts behind those asked for before.
    fn test_of(&mut self, name: TextRef<'a>) -> Option<&'a AttributeTest> {
        let tests = &self.tests.tests[self.passed..];
        let is_before =
            |(attribute, _): &(Arc<str>, AttributeTest)| attribute.as_bytes() < name.as_bytes();
        if self.is_searched {
            self.passed += tests.partition_point(is_before);
        } else {
            let passed = tests.iter().take_while(|test| is_before(test)).count();
            self.passed += passed;
            self.work += passed;
        }
        let (attribute, test) = self.tests.tests.get(self.passed)?;
        (name == **attribute).then_some(test)
    }
}

impl AttributeTest {
    /// What it says of an attribute. A missing one equals nothing, differs from everything and has no
    /// order; unlike NE, NOT_CONTAINS does not hold for it (test_expected.py, 2026-11).
    pub(crate) fn holds(&self, value: Option<ValueRef<'_>>) -> bool {
        let Some(value) = value else {
            return matches!(self, Self::Compare(Comparator::NotEqual, _) | Self::NotExists);
        };
        match self {
            Self::Compare(comparator, operand) => compare(*comparator, value, operand.value()),
            Self::Between(low, high) => {
                compare(Comparator::GreaterOrEqual, value, low.value())
                    && compare(Comparator::LessOrEqual, value, high.value())
            }
            Self::In(list) => {
                // They are of one type: values of another have no order among them.
                let found = list.binary_search_by(|one| {
                    one.value().compare(&value).unwrap_or(std::cmp::Ordering::Less)
                });
                found.is_ok()
            }
            Self::BeginsWith(prefix) => begins_with(value, prefix.value()),
            Self::Contains(element) => contains(value, element.value()),
            Self::NotContains(element) => !contains(value, element.value()),
            Self::Exists => true,
            Self::NotExists => false,
        }
    }
}
