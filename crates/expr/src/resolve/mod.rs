//! From tree to plan: placeholders are replaced, functions and operand types checked.
//!
//! The order of checks is AWS's as public tests and reports show it (2026-11): for conditions
//! function names, their places, reserved words, then test by test in the order written undefined
//! placeholders, operand counts, operands that must differ, operand types; for updates reserved
//! words, functions, sections given twice, undefined names, undefined values, clashing paths,
//! operand types.

mod condition;
mod key_condition;
mod operand;
mod path;
mod update;

use std::collections::BTreeMap;

use model::{ApiError, Operand};

use crate::condition::Condition;
use crate::fault::Fault;
use crate::key_condition::KeyCondition;
use crate::notation::Notation;
use crate::path::check_apart;
use crate::placeholders::Placeholders;
use crate::projection::Projection;
use crate::syntax;
use crate::update::Update;

/// One request's expression attribute names and values, and which of them were used.
#[derive(Debug)]
pub struct Resolver {
    placeholders: Placeholders,
}

/// The parameters that carry expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// `UpdateExpression`.
    Update,
    /// `ConditionExpression`.
    Condition,
    /// `KeyConditionExpression`.
    KeyCondition,
    /// `FilterExpression`.
    Filter,
    /// `ProjectionExpression`.
    Projection,
}

/// Where a condition stands: it names the parameter in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionKind {
    /// `ConditionExpression`.
    Condition,
    /// `FilterExpression`.
    Filter,
}

impl Parameter {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Update => "UpdateExpression",
            Self::Condition => "ConditionExpression",
            Self::KeyCondition => "KeyConditionExpression",
            Self::Filter => "FilterExpression",
            Self::Projection => "ProjectionExpression",
        }
    }
}

impl Resolver {
    /// Checks the placeholders' syntax. Operations outside transactions call
    /// [`check_placeholders_allowed`] before.
    pub fn new(
        names: Option<BTreeMap<String, String>>,
        values: Option<BTreeMap<String, Operand>>,
    ) -> Result<Self, ApiError> {
        Ok(Self { placeholders: Placeholders::new(names, values)? })
    }

    /// A condition or filter expression.
    pub fn condition(&mut self, kind: ConditionKind, text: &str) -> Result<Condition, ApiError> {
        let parameter = match kind {
            ConditionKind::Condition => Parameter::Condition,
            ConditionKind::Filter => Parameter::Filter,
        };
        self.plan_condition(text).map_err(|fault| fault.of(parameter.name()))
    }

    /// A key condition expression.
    pub fn key_condition(&mut self, text: &str) -> Result<KeyCondition, ApiError> {
        let condition =
            self.plan_condition(text).map_err(|fault| fault.of(Parameter::KeyCondition.name()))?;
        key_condition::of_condition(condition)
    }

    /// A projection expression.
    pub fn projection(&mut self, text: &str) -> Result<Projection, ApiError> {
        self.plan_projection(text).map_err(|fault| fault.of(Parameter::Projection.name()))
    }

    /// An update expression.
    pub fn update(&mut self, text: &str) -> Result<Update, ApiError> {
        let planned = syntax::update(text).and_then(|tree| update::plan(&self.placeholders, &tree));
        planned.map_err(|fault| fault.of(Parameter::Update.name()))
    }

    /// Refuses placeholders that no expression used: names first.
    pub fn finish(self) -> Result<(), ApiError> {
        self.placeholders.check_all_used()
    }

    fn plan_condition(&self, text: &str) -> Result<Condition, Fault> {
        condition::plan(&self.placeholders, &syntax::condition(text)?)
    }

    fn plan_projection(&self, text: &str) -> Result<Projection, Fault> {
        let tree = syntax::projection(text)?;
        path::check_words(&tree)?;
        let paths = tree
            .iter()
            .map(|path| path::resolve(&self.placeholders, path))
            .collect::<Result<Vec<_>, Fault>>()?;
        check_apart(&paths)?;
        Ok(Projection::new(paths, Notation::Expression))
    }
}

/// Placeholders that a request gives, as far as [`check_placeholders_allowed`] asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct GivenPlaceholders {
    /// `ExpressionAttributeNames` is there, if only empty.
    pub names: bool,
    /// `ExpressionAttributeValues` is there, if only empty.
    pub values: bool,
}

/// Refuses names without any expression, and values without an expression that takes values.
///
/// `expressions` are all expression parameters of the operation with whether the request has them,
/// in the order AWS lists them: UpdateExpression, ConditionExpression; FilterExpression,
/// KeyConditionExpression; ProjectionExpression last. Transactions do not ask this: AWS accepts a
/// sub-operation with placeholders and no expression (ExtendDB/extenddb#169, captured on AWS,
/// 2026-06).
pub fn check_placeholders_allowed(
    given: GivenPlaceholders,
    expressions: &[(Parameter, bool)],
) -> Result<(), ApiError> {
    let invalid = |message: String| Err(ApiError::Validation(message));
    if given.names && expressions.iter().all(|(_, present)| !present) {
        let message = "ExpressionAttributeNames can only be specified when using expressions";
        return invalid(message.to_owned());
    }
    let mut takers =
        expressions.iter().filter(|(parameter, _)| *parameter != Parameter::Projection).peekable();
    if given.values && takers.peek().is_some() && takers.clone().all(|(_, present)| !present) {
        let names: Vec<&str> = takers.map(|(parameter, _)| parameter.name()).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        return invalid(format!(
            "ExpressionAttributeValues can only be specified when using expressions: {} {verb} null",
            names.join(" and ")
        ));
    }
    Ok(())
}
