//! PutItem.

use db::{Db, Report, WriteAnswer};
use expr::{Parameter, legacy};
use model::{ApiError, ReturnConsumedCapacity, Scope};
use store::Store;
use wire::operations::put_item::{Input, Output, PutItem};

use super::answers::write_answer;
use crate::pipeline::{Access, Expressions, Facts, Handle, Reach};

impl Handle for PutItem {
    type Request = db::PutItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = WriteAnswer;

    fn resolve(input: Input) -> Result<(db::PutItem, ReturnConsumedCapacity), ApiError> {
        let parameters = [(Parameter::Condition, input.condition_expression.is_some())];
        let mut expressions = Expressions::among(input.placeholders, &parameters)?;
        let condition = expressions.condition(input.condition_expression.as_ref())?;
        let condition = condition.or(legacy::expected(input.expected)?);
        expressions.finish()?;
        let request = db::PutItem {
            table: input.table,
            item: input.item,
            condition,
            return_values: input.return_values,
            on_failure: input.on_condition_check_failure,
            report: Report {
                capacity: input.return_consumed_capacity,
                collection_metrics: input.return_item_collection_metrics,
            },
        };
        Ok((request, input.return_consumed_capacity))
    }

    fn facts(request: &db::PutItem) -> Facts<'_> {
        Access::new(&request.table, Reach::Item(&request.item))
            .condition(request.condition.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        scope: &Scope,
        request: db::PutItem,
    ) -> Result<WriteAnswer, ApiError> {
        db.put_item(scope, request).await
    }

    fn answer(answer: WriteAnswer, form: ReturnConsumedCapacity) -> Output {
        write_answer(answer, form)
    }
}
