//! Resolving a request's expressions, absent ones included.

use std::collections::BTreeMap;

use expr::{
    Condition, ConditionKind, GivenPlaceholders, KeyCondition, Parameter, Projection, Resolver,
    Update, check_placeholders_allowed,
};
use model::{ApiError, Operand};

/// One request's expressions on their way to plans.
pub(crate) struct Expressions {
    resolver: Resolver,
}

impl Expressions {
    /// For an operation outside transactions: refuses placeholders when none of its expression
    /// parameters, in AWS's order and with whether it is there, could use them.
    pub(crate) fn among(
        names: Option<BTreeMap<String, String>>,
        values: Option<BTreeMap<String, Operand>>,
        parameters: &[(Parameter, bool)],
    ) -> Result<Self, ApiError> {
        let given = GivenPlaceholders { names: names.is_some(), values: values.is_some() };
        check_placeholders_allowed(given, parameters)?;
        Self::new(names, values)
    }

    /// For an action of a transaction.
    pub(crate) fn new(
        names: Option<BTreeMap<String, String>>,
        values: Option<BTreeMap<String, Operand>>,
    ) -> Result<Self, ApiError> {
        Ok(Self { resolver: Resolver::new(names, values)? })
    }

    pub(crate) fn condition(
        &mut self,
        text: Option<&String>,
    ) -> Result<Option<Condition>, ApiError> {
        text.map(|text| self.resolver.condition(ConditionKind::Condition, text)).transpose()
    }

    pub(crate) fn filter(&mut self, text: Option<&String>) -> Result<Option<Condition>, ApiError> {
        text.map(|text| self.resolver.condition(ConditionKind::Filter, text)).transpose()
    }

    pub(crate) fn key_condition(
        &mut self,
        text: Option<&String>,
    ) -> Result<Option<KeyCondition>, ApiError> {
        text.map(|text| self.resolver.key_condition(text)).transpose()
    }

    pub(crate) fn projection(
        &mut self,
        text: Option<&String>,
    ) -> Result<Option<Projection>, ApiError> {
        text.map(|text| self.resolver.projection(text)).transpose()
    }

    pub(crate) fn update(&mut self, text: Option<&String>) -> Result<Option<Update>, ApiError> {
        text.map(|text| self.required_update(text)).transpose()
    }

    pub(crate) fn required_update(&mut self, text: &str) -> Result<Update, ApiError> {
        self.resolver.update(text)
    }

    /// Refuses placeholders that no expression used.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        self.resolver.finish()
    }
}
