//! Resolving a request's expressions, absent ones included.

use expr::{Condition, ConditionKind, KeyCondition, Projection, Resolver, Update};
use model::ApiError;
use wire::Placeholders;

/// One request's expressions on their way to plans.
pub(crate) struct Expressions {
    resolver: Resolver,
}

impl Expressions {
    pub(crate) fn new(placeholders: Placeholders) -> Result<Self, ApiError> {
        Ok(Self { resolver: Resolver::new(placeholders.names, placeholders.values)? })
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
