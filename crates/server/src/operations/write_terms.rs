//! What PutItem, UpdateItem and DeleteItem share: the terms of a write, and its answer.

use db::Report;
use expr::{Condition, Parameter, legacy};
use model::legacy::Expected;
use model::{
    ApiError, ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues,
    ReturnValuesOnConditionCheckFailure,
};

use crate::pipeline::{Expressions, METERED};

/// On which terms one item is written, and what of it to answer with.
pub(super) struct WriteTerms {
    pub(super) expressions: Expressions,
    pub(super) condition_expression: Option<String>,
    pub(super) expected: Expected,
    pub(super) return_values: Option<ReturnValues>,
    pub(super) on_failure: Option<ReturnValuesOnConditionCheckFailure>,
    pub(super) return_consumed_capacity: Option<ReturnConsumedCapacity>,
    pub(super) return_item_collection_metrics: Option<ReturnItemCollectionMetrics>,
}

/// The terms with the condition as a plan, in whichever notation it came.
pub(super) struct ResolvedTerms {
    pub(super) condition: Option<Condition>,
    pub(super) return_values: ReturnValues,
    pub(super) on_failure: ReturnValuesOnConditionCheckFailure,
    pub(super) report: Report,
    pub(super) form: ReturnConsumedCapacity,
}

/// The condition among the parameters that may use placeholders.
pub(super) fn condition(expression: &Option<String>) -> (Parameter, bool) {
    (Parameter::Condition, expression.is_some())
}

/// Takes the terms out of an input, whose other expressions are among `$parameters`.
macro_rules! write_terms {
    ($input:ident, $parameters:expr) => {
        $crate::operations::write_terms::WriteTerms {
            expressions: $crate::pipeline::Expressions::among(
                $input.expression_attribute_names,
                $input.expression_attribute_values,
                $parameters,
            )?,
            condition_expression: $input.condition_expression,
            expected: model::legacy::Conditions {
                attributes: $input.expected.unwrap_or_default(),
                operator: $input.conditional_operator,
            },
            return_values: $input.return_values,
            on_failure: $input.return_values_on_condition_check_failure,
            return_consumed_capacity: $input.return_consumed_capacity,
            return_item_collection_metrics: $input.return_item_collection_metrics,
        }
    };
}

/// Binds an operation that writes one item: how it is resolved, and where in `db`'s
/// request the item, or its key, and an update are. The rest is the same for all three.
macro_rules! write_operation {
    (
        $name:ident, $function:ident, $input:ident => $output:ident, $resolve:path,
        |$request:ident| $item:expr, $update:expr
    ) => {
        impl $crate::pipeline::Handle for wire::operations::$name {
            type Request = db::$name;
            type Echo = model::ReturnConsumedCapacity;
            type Answer = db::WriteAnswer;

            fn bind(
                input: $input,
                _: db::SchemaView<'_>,
            ) -> Result<(db::$name, Self::Echo), model::ApiError> {
                $resolve(input)
            }

            fn accesses<'a>(
                $request: &'a db::$name,
                form: &Self::Echo,
            ) -> $crate::pipeline::Accesses<'a> {
                let action = concat!("dynamodb:", stringify!($name));
                let reach = $crate::pipeline::Reach::Item(&$item);
                $crate::pipeline::Access::of_items(action, &$request.table, reach, *form)
                    .writing($update, $request.return_values)
                    .testing($request.condition.as_ref())
                    .alone()
            }

            fn execute<S: store::Store>(
                db: &db::Db<S>,
                call: $crate::pipeline::Call<'_>,
                request: db::$name,
            ) -> impl Future<Output = Result<db::WriteAnswer, model::ApiError>> + Send {
                db.$function(call.scope, request)
            }

            fn consumed(answer: &db::WriteAnswer) -> &[model::ConsumedCapacity] {
                answer.consumed.as_slice()
            }

            fn answer(answer: db::WriteAnswer, form: Self::Echo) -> $output {
                $output {
                    attributes: answer.attributes,
                    consumed_capacity: $crate::operations::answers::capacity(answer.consumed, form),
                    item_collection_metrics: answer.collection_metrics,
                }
            }
        }
    };
}

pub(super) use {write_operation, write_terms};

impl WriteTerms {
    /// Resolves the condition, the last of the request's expressions.
    pub(super) fn resolve(mut self) -> Result<ResolvedTerms, ApiError> {
        let condition = self.expressions.condition(self.condition_expression.as_ref())?;
        let condition = condition.or(legacy::expected(self.expected)?);
        self.expressions.finish()?;
        Ok(ResolvedTerms {
            condition,
            return_values: self.return_values.unwrap_or_default(),
            on_failure: self.on_failure.unwrap_or_default(),
            report: Report {
                capacity: METERED,
                collection_metrics: self.return_item_collection_metrics.unwrap_or_default(),
            },
            form: self.return_consumed_capacity.unwrap_or_default(),
        })
    }
}
