//! The terms that PutItem, UpdateItem and DeleteItem share, resolved.

use db::Report;
use expr::{Condition, Parameter, legacy};
use model::{ApiError, ReturnValues, ReturnValuesOnConditionCheckFailure};
use wire::WriteTerms;

use crate::pipeline::{Expressions, METERED};

/// [`WriteTerms`] with the condition as a plan, in whichever notation it came.
pub(super) struct ResolvedTerms {
    pub(super) condition: Option<Condition>,
    pub(super) return_values: ReturnValues,
    pub(super) on_failure: ReturnValuesOnConditionCheckFailure,
    pub(super) report: Report,
}

/// The condition among the parameters that may use placeholders.
pub(super) fn condition(terms: &WriteTerms) -> (Parameter, bool) {
    (Parameter::Condition, terms.condition_expression.is_some())
}

impl ResolvedTerms {
    /// Resolves the condition, the last of the request's `expressions`.
    pub(super) fn of(terms: WriteTerms, mut expressions: Expressions) -> Result<Self, ApiError> {
        let condition = expressions.condition(terms.condition_expression.as_ref())?;
        let condition = condition.or(legacy::expected(terms.expected)?);
        expressions.finish()?;
        Ok(Self {
            condition,
            return_values: terms.return_values,
            on_failure: terms.on_condition_check_failure,
            report: Report {
                capacity: METERED,
                collection_metrics: terms.return_item_collection_metrics,
            },
        })
    }
}
