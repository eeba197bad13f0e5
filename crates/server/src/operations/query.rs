//! Query.

use expr::{Parameter, legacy};
use model::api::{QueryInput, QueryOutput};
use model::{ApiError, ReturnConsumedCapacity};
use store::Direction;

use super::reading::{Wanted, at_most, page_operation};
use crate::pipeline::{Expressions, METERED, Reach};

page_operation!(Query, query, QueryInput => QueryOutput, resolve, reach);

fn resolve(input: QueryInput) -> Result<(db::Query, ReturnConsumedCapacity), ApiError> {
    let parameters = [
        (Parameter::Filter, input.filter_expression.is_some()),
        (Parameter::KeyCondition, input.key_condition_expression.is_some()),
        (Parameter::Projection, input.projection_expression.is_some()),
    ];
    let (names, values) = (input.expression_attribute_names, input.expression_attribute_values);
    let mut expressions = Expressions::among(names, values, &parameters)?;
    let wanted = Wanted {
        filter_expression: input.filter_expression,
        filter: input.query_filter,
        conditional_operator: input.conditional_operator,
        projection_expression: input.projection_expression,
        attributes_to_get: input.attributes_to_get,
    };
    let (filter, projection) = wanted.resolve(&mut expressions)?;
    let key_condition = expressions.key_condition(input.key_condition_expression.as_ref())?;
    let key_condition = key_condition.or(legacy::key_condition(input.key_conditions)?);
    expressions.finish()?;
    // AWS's words when neither the expression nor its predecessor is given: ScyllaDB
    // `test_key_condition_expression.py` and many public reports (read 2026-11-23).
    let key_condition = key_condition.ok_or_else(|| {
        ApiError::Validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in \
             the request."
                .to_owned(),
        )
    })?;
    let request = db::Query {
        table: input.table_name.into(),
        index: input.index_name,
        key_condition,
        filter,
        projection,
        select: input.select,
        limit: input.limit.map(at_most),
        consistent: input.consistent_read.unwrap_or_default(),
        direction: match input.scan_index_forward.unwrap_or(true) {
            true => Direction::Forward,
            false => Direction::Backward,
        },
        exclusive_start_key: input.exclusive_start_key,
        report_capacity: METERED,
    };
    Ok((request, input.return_consumed_capacity.unwrap_or_default()))
}

fn reach(request: &db::Query) -> Reach<'_> {
    Reach::Partition(&request.key_condition)
}
