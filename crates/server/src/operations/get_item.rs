//! GetItem.

use db::Db;
use expr::{Parameter, legacy};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::get_item::{GetItem, Input, Output};

use super::answers::capacity;
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, METERED, Reach};

impl Handle for GetItem {
    type Request = db::GetItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = db::GetItemAnswer;

    fn resolve(input: Input) -> Result<(db::GetItem, ReturnConsumedCapacity), ApiError> {
        let parameters = [(Parameter::Projection, input.projection_expression.is_some())];
        let mut expressions = Expressions::among(input.placeholders, &parameters)?;
        let projection = expressions.projection(input.projection_expression.as_ref())?;
        let projection = projection.or(legacy::projection(input.attributes_to_get)?);
        expressions.finish()?;
        let request = db::GetItem {
            table: input.table,
            key: input.key,
            consistent: input.consistent_read,
            projection,
            report_capacity: METERED,
        };
        Ok((request, input.return_consumed_capacity))
    }

    fn facts(request: &db::GetItem) -> Facts<'_> {
        Access::new(&request.table, Reach::Item(&request.key))
            .projection(request.projection.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::GetItem,
    ) -> Result<db::GetItemAnswer, ApiError> {
        db.get_item(call.scope, request).await
    }

    fn consumed(answer: &db::GetItemAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_slice()
    }

    fn answer(answer: db::GetItemAnswer, form: ReturnConsumedCapacity) -> Output {
        Output { item: answer.item, consumed_capacity: capacity(answer.consumed, form) }
    }
}
