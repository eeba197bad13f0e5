//! GetItem.

use db::{Db, SchemaView};
use expr::{Parameter, legacy};
use model::api::{GetItemInput, GetItemOutput};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::GetItem;

use super::answers::capacity;
use crate::pipeline::{Access, Accesses, Call, Expressions, Handle, METERED, Reach};

impl Handle for GetItem {
    type Request = db::GetItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = db::GetItemAnswer;

    fn bind(
        input: GetItemInput,
        _: SchemaView<'_>,
    ) -> Result<(db::GetItem, ReturnConsumedCapacity), ApiError> {
        let parameters = [(Parameter::Projection, input.projection_expression.is_some())];
        let names = input.expression_attribute_names;
        let mut expressions = Expressions::among(names, None, &parameters)?;
        let projection = expressions.projection(input.projection_expression.as_ref())?;
        let projection = projection.or(legacy::projection(input.attributes_to_get)?);
        expressions.finish()?;
        let request = db::GetItem {
            table: input.table_name.into(),
            key: input.key,
            consistent: input.consistent_read.unwrap_or_default(),
            projection,
            report_capacity: METERED,
        };
        Ok((request, input.return_consumed_capacity.unwrap_or_default()))
    }

    fn accesses<'a>(request: &'a db::GetItem, form: &ReturnConsumedCapacity) -> Accesses<'a> {
        Access::of_items("dynamodb:GetItem", &request.table, Reach::Item(&request.key), *form)
            .reading(request.projection.as_ref(), None)
            .alone()
    }

    fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::GetItem,
    ) -> impl Future<Output = Result<db::GetItemAnswer, ApiError>> + Send {
        db.get_item(call.scope, request)
    }

    fn consumed(answer: &db::GetItemAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_slice()
    }

    fn answer(answer: db::GetItemAnswer, form: ReturnConsumedCapacity) -> GetItemOutput {
        GetItemOutput { item: answer.item, consumed_capacity: capacity(answer.consumed, form) }
    }
}
