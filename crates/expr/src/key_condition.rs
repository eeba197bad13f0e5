//! Planned key conditions. Whether one fits an index is `db`'s to say.

use crate::operand::Operand;

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
        debug_assert!(
            tests
                .iter()
                .enumerate()
                .all(|(at, (name, _))| { tests[..at].iter().all(|(earlier, _)| earlier != name) }),
            "whoever plans a key condition has refused an attribute tested twice"
        );
        Self { tests }
    }
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
