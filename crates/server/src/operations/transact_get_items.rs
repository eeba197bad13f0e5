//! TransactGetItems.

use db::{Db, SchemaView, TransactGet, TransactGetItemsAnswer};
use model::api::{Get, ItemResponse, TransactGetItemsInput, TransactGetItemsOutput};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::OperationName;
use wire::operations::TransactGetItems;

use super::answers::split_capacities;
use crate::pipeline::{Access, Accesses, Call, Expressions, Handle, METERED, Reach};

impl Handle for TransactGetItems {
    type Request = db::TransactGetItems;
    type Echo = ReturnConsumedCapacity;
    type Answer = TransactGetItemsAnswer;

    fn bind(
        input: TransactGetItemsInput,
        _: SchemaView<'_>,
    ) -> Result<(db::TransactGetItems, ReturnConsumedCapacity), ApiError> {
        let form = input.return_consumed_capacity.unwrap_or_default();
        let gets = input.transact_items.into_iter();
        let gets = gets.map(|item| get(item.get)).collect::<Result<_, _>>()?;
        Ok((db::TransactGetItems { gets, report_capacity: METERED }, form))
    }

    fn accesses<'a>(
        request: &'a db::TransactGetItems,
        form: &ReturnConsumedCapacity,
    ) -> Accesses<'a> {
        let accesses = request.gets.iter().map(|get| {
            Access::of_items("dynamodb:GetItem", &get.table, Reach::Item(&get.key), *form)
                .reading(get.projection.as_ref(), None)
                .within(OperationName::TransactGetItems)
        });
        accesses.collect()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::TransactGetItems,
    ) -> Result<TransactGetItemsAnswer, ApiError> {
        db.transact_get_items(call.scope, request).await
    }

    fn consumed(answer: &TransactGetItemsAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_deref().unwrap_or_default()
    }

    fn answer(
        answer: TransactGetItemsAnswer,
        form: ReturnConsumedCapacity,
    ) -> TransactGetItemsOutput {
        let responses = answer.items.into_iter().map(|item| ItemResponse { item });
        TransactGetItemsOutput {
            responses: Some(responses.collect()),
            consumed_capacity: split_capacities(answer.consumed, form),
        }
    }
}

fn get(get: Get) -> Result<TransactGet, ApiError> {
    let mut expressions = Expressions::new(get.expression_attribute_names, None)?;
    let projection = expressions.projection(get.projection_expression.as_ref())?;
    expressions.finish()?;
    Ok(TransactGet { table: get.table_name.into(), key: get.key, projection })
}
