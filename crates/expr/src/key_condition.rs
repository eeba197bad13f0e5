//! Planned key conditions. Whether one fits an index is `db`'s to say.

use std::collections::BTreeSet;

use model::Operand;

/// A planned key condition: a conjunction of tests on attributes, each at most once.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyCondition {
    /// Tests in the order written.
    pub tests: Vec<(String, KeyTest)>,
}

impl KeyCondition {
    /// The tests, each of another attribute.
    pub(crate) fn new(tests: Vec<(String, KeyTest)>) -> Self {
        debug_assert!(!tests.is_empty(), "a key condition tests something");
        debug_assert!(are_apart(&tests), "an attribute tested twice has been refused");
        Self { tests }
    }
}

fn are_apart(tests: &[(String, KeyTest)]) -> bool {
    let names: BTreeSet<&String> = tests.iter().map(|(name, _)| name).collect();
    names.len() == tests.len()
}

/// A test on one key attribute; operands are values in byte form.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyTest {
    /// `=`
    Equal(Operand),
    /// `<`
    Less(Operand),
    /// `<=`
    LessOrEqual(Operand),
    /// `>`
    Greater(Operand),
    /// `>=`
    GreaterOrEqual(Operand),
    /// `BETWEEN low AND high`
    Between(Operand, Operand),
    /// `begins_with(attribute, prefix)`
    BeginsWith(Operand),
}
