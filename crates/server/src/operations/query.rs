//! Query.

use db::{Db, Page};
use expr::{Parameter, legacy};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::{Direction, Store};
use wire::operations::query::{Input, Output, Query};

use super::answers::{at_most, page};
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, METERED, Reach};

impl Handle for Query {
    type Request = db::Query;
    type Echo = ReturnConsumedCapacity;
    type Answer = Page;

    fn resolve(input: Input) -> Result<(db::Query, ReturnConsumedCapacity), ApiError> {
        let parameters = [
            (Parameter::Filter, input.filter_expression.is_some()),
            (Parameter::KeyCondition, input.key_condition_expression.is_some()),
            (Parameter::Projection, input.projection_expression.is_some()),
        ];
        let mut expressions = Expressions::among(input.placeholders, &parameters)?;
        let filter = expressions.filter(input.filter_expression.as_ref())?;
        let filter = filter.or(legacy::filter(input.filter)?);
        let projection = expressions.projection(input.projection_expression.as_ref())?;
        let projection = projection.or(legacy::projection(input.attributes_to_get)?);
        let key_condition = expressions.key_condition(input.key_condition_expression.as_ref())?;
        let key_condition = key_condition.or(legacy::key_condition(input.key_conditions)?);
        expressions.finish()?;
        // AWS's words when neither the expression nor its predecessor is given: ScyllaDB
        // `test_key_condition_expression.py` and many public reports (read 2026-11-23).
        let key_condition = key_condition.ok_or_else(|| {
            ApiError::Validation(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified \
                 in the request."
                    .to_owned(),
            )
        })?;
        let request = db::Query {
            table: input.table,
            index: input.index,
            key_condition,
            filter,
            projection,
            select: input.select,
            limit: input.limit.map(at_most),
            consistent: input.consistent_read,
            direction: match input.scan_index_forward {
                true => Direction::Forward,
                false => Direction::Backward,
            },
            exclusive_start_key: input.exclusive_start_key,
            report_capacity: METERED,
        };
        Ok((request, input.return_consumed_capacity))
    }

    fn facts(request: &db::Query) -> Facts<'_> {
        Access::new(&request.table, Reach::Partition(&request.key_condition))
            .through(request.index.as_ref())
            .condition(request.filter.as_ref())
            .projection(request.projection.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::Query,
    ) -> Result<Page, ApiError> {
        db.query(call.scope, request).await
    }

    fn consumed(answer: &Page) -> &[ConsumedCapacity] {
        answer.consumed.as_slice()
    }

    fn answer(answer: Page, form: ReturnConsumedCapacity) -> Output {
        page(answer, form)
    }
}
