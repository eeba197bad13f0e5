//! The expression language of DynamoDB.
//!
//! What it is: lex → parse → resolve → plan → evaluate for condition, filter, key condition,
//! projection and update expressions. [`Resolver`] holds one request's placeholders and turns each
//! expression text into a plan.
//!
//! What it is not: it knows no table, no store and no wire format. Whether a key condition fits an
//! index is `db`'s to say.
//!
//! Invariants: no `#name` or `:value` exists in any type behind [`Resolver`]; parsing is bounded in
//! depth and size whatever the input; evaluation never fails for a condition, and for an update
//! fails only with DynamoDB's own errors.

use std::collections::BTreeMap;

use model::{ApiError, AttributeMap, Item, MapRef};

/// One request's expression attribute names and values, and which of them were used.
#[derive(Debug)]
pub struct Resolver {}

/// Where a condition stands: it names the parameter in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionKind {
    /// `ConditionExpression`.
    Condition,
    /// `FilterExpression`.
    Filter,
}

impl Resolver {
    /// Checks the placeholders' syntax.
    pub fn new(
        names: Option<BTreeMap<String, String>>,
        values: Option<AttributeMap>,
    ) -> Result<Self, ApiError> {
        todo!()
    }
    /// A condition or filter expression.
    pub fn condition(&mut self, kind: ConditionKind, text: &str) -> Result<Condition, ApiError> {
        todo!()
    }
    /// A key condition expression.
    pub fn key_condition(&mut self, text: &str) -> Result<KeyCondition, ApiError> {
        todo!()
    }
    /// A projection expression.
    pub fn projection(&mut self, text: &str) -> Result<Projection, ApiError> {
        todo!()
    }
    /// An update expression.
    pub fn update(&mut self, text: &str) -> Result<Update, ApiError> {
        todo!()
    }
    /// Refuses placeholders that no expression used.
    pub fn finish(self) -> Result<(), ApiError> {
        todo!()
    }
}

/// A document path with every name resolved: `a.b[3]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The top-level attribute.
    pub attribute: String,
    /// What follows it.
    pub steps: Vec<Step>,
}

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `.name`
    Name(String),
    /// `[index]`
    Index(usize),
}

/// A planned condition or filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {}

impl Condition {
    /// Whether it holds for an item; [`MapRef::EMPTY`] where there is none.
    pub fn holds(&self, item: MapRef<'_>) -> bool {
        todo!()
    }
    /// Top-level attributes it reads.
    pub fn attributes(&self) -> Vec<&str> {
        todo!()
    }
}

/// A planned key condition: a conjunction of tests on attributes, each at most once.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyCondition {
    /// Tests in the order written.
    pub tests: Vec<(String, KeyTest)>,
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

/// A value given by the request, in byte form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operand {
    bytes: Vec<u8>,
}

impl Operand {
    /// A view of the value.
    pub fn value(&self) -> model::ValueRef<'_> {
        model::ValueRef::of_encoded(&self.bytes)
    }
}

/// A planned projection.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {}

impl Projection {
    /// The projected item; without matching attributes, an empty item.
    pub fn apply(&self, item: MapRef<'_>) -> Item {
        todo!()
    }
    /// Top-level attributes it reads.
    pub fn attributes(&self) -> Vec<&str> {
        todo!()
    }
    /// The projection onto the given paths, as `UPDATED_OLD` and `UPDATED_NEW` need it.
    pub fn of_paths(paths: Vec<Path>) -> Self {
        todo!()
    }
}

/// A planned update.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {}

impl Update {
    /// The item after the update. Operands read the item as it was before.
    pub fn apply(&self, old: &AttributeMap) -> Result<AttributeMap, ApiError> {
        todo!()
    }
    /// The paths it writes.
    pub fn paths(&self) -> Vec<&Path> {
        todo!()
    }
    /// Whether it has a SET or ADD clause: one that only removes creates nothing.
    pub fn creates(&self) -> bool {
        todo!()
    }
}
