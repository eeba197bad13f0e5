//! Conditions and updates as requests wrote them before there were expressions.
//!
//! What they mean is `expr`'s to say, in its module of the same name.

use std::collections::BTreeMap;

use crate::Operand;

/// `Expected`, by attribute.
pub type Expected = Conditions<ExpectedAttribute>;

/// `QueryFilter` or `ScanFilter`, by attribute.
pub type Filter = Conditions<Comparison>;

/// `KeyConditions`, by attribute.
pub type KeyConditions = BTreeMap<String, Comparison>;

/// `AttributeUpdates`, by attribute.
pub type AttributeUpdates = BTreeMap<String, AttributeUpdate>;

/// Conditions on attributes, and how they are joined.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions<T> {
    /// By attribute; empty when the request has none.
    pub attributes: BTreeMap<String, T>,
    /// `ConditionalOperator`, which may be there without a condition: that is for a check to find.
    pub operator: Option<ConditionalOperator>,
}

impl<T> Default for Conditions<T> {
    fn default() -> Self {
        Self { attributes: BTreeMap::new(), operator: None }
    }
}

/// How conditions are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionalOperator {
    /// All conditions must hold.
    And,
    /// One condition must hold.
    Or,
}

/// What is asked of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How the attribute is compared.
    pub operator: ComparisonOperator,
    /// The values it is compared with: `AttributeValueList`.
    pub values: Vec<Operand>,
}

/// What `Expected` asks of an attribute: a comparison, or a value, or that it does not exist.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExpectedAttribute {
    /// How the attribute is compared.
    pub operator: Option<ComparisonOperator>,
    /// The values it is compared with: `AttributeValueList`.
    pub values: Option<Vec<Operand>>,
    /// The value it must have.
    pub value: Option<Operand>,
    /// Whether it must exist.
    pub exists: Option<bool>,
}

/// What becomes of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeUpdate {
    /// What is done to the attribute.
    pub action: UpdateAction,
    /// The value it is done with.
    pub value: Option<Operand>,
}

/// What an update does with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UpdateAction {
    /// Sets it.
    #[default]
    Put,
    /// Adds to a number, a set or a list.
    Add,
    /// Removes it, or elements of a set.
    Delete,
}

/// How an attribute is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparisonOperator {
    /// `EQ`
    Equal,
    /// `NE`
    NotEqual,
    /// `IN`
    In,
    /// `LE`
    LessOrEqual,
    /// `LT`
    Less,
    /// `GE`
    GreaterOrEqual,
    /// `GT`
    Greater,
    /// `BETWEEN`
    Between,
    /// `NOT_NULL`: the attribute exists.
    NotNull,
    /// `NULL`: the attribute does not exist.
    Null,
    /// `CONTAINS`
    Contains,
    /// `NOT_CONTAINS`
    NotContains,
    /// `BEGINS_WITH`
    BeginsWith,
}

impl ComparisonOperator {
    /// The operator of that name on the wire.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "EQ" => Self::Equal,
            "NE" => Self::NotEqual,
            "IN" => Self::In,
            "LE" => Self::LessOrEqual,
            "LT" => Self::Less,
            "GE" => Self::GreaterOrEqual,
            "GT" => Self::Greater,
            "BETWEEN" => Self::Between,
            "NOT_NULL" => Self::NotNull,
            "NULL" => Self::Null,
            "CONTAINS" => Self::Contains,
            "NOT_CONTAINS" => Self::NotContains,
            "BEGINS_WITH" => Self::BeginsWith,
            _ => return None,
        })
    }

    /// Its name on the wire, as messages have it too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "EQ",
            Self::NotEqual => "NE",
            Self::In => "IN",
            Self::LessOrEqual => "LE",
            Self::Less => "LT",
            Self::GreaterOrEqual => "GE",
            Self::Greater => "GT",
            Self::Between => "BETWEEN",
            Self::NotNull => "NOT_NULL",
            Self::Null => "NULL",
            Self::Contains => "CONTAINS",
            Self::NotContains => "NOT_CONTAINS",
            Self::BeginsWith => "BEGINS_WITH",
        }
    }
}
