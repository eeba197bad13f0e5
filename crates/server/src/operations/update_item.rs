//! UpdateItem.

use db::{Db, Report, WriteAnswer};
use expr::{Parameter, legacy};
use model::{ApiError, ReturnConsumedCapacity, Scope};
use store::Store;
use wire::operations::update_item::{Input, Output, UpdateItem};

use super::answers::write_answer;
use crate::pipeline::{Access, Expressions, Facts, Handle, Reach};

impl Handle for UpdateItem {
    type Request = db::UpdateItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = WriteAnswer;

    fn resolve(input: Input) -> Result<(db::UpdateItem, ReturnConsumedCapacity), ApiError> {
        let parameters = [
            (Parameter::Update, input.update_expression.is_some()),
            (Parameter::Condition, input.condition_expression.is_some()),
        ];
        let mut expressions = Expressions::among(input.placeholders, &parameters)?;
        let update = expressions.update(input.update_expression.as_ref())?;
        let update = update.or(legacy::update(input.attribute_updates)?);
        let condition = expressions.condition(input.condition_expression.as_ref())?;
        let condition = condition.or(legacy::expected(input.expected)?);
        expressions.finish()?;
        let request = db::UpdateItem {
            table: input.table,
            key: input.key,
            update,
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

    fn facts(request: &db::UpdateItem) -> Facts<'_> {
        Access::new(&request.table, Reach::Item(&request.key))
            .update(request.update.as_ref())
            .condition(request.condition.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        scope: &Scope,
        request: db::UpdateItem,
    ) -> Result<WriteAnswer, ApiError> {
        db.update_item(scope, request).await
    }

    fn answer(answer: WriteAnswer, form: ReturnConsumedCapacity) -> Output {
        write_answer(answer, form)
    }
}
