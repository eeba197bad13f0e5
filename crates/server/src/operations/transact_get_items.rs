//! TransactGetItems.

use db::{Db, TransactGet, TransactGetItemsAnswer};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::transact_get_items::{Get, Input, Output, TransactGetItems};

use super::answers::capacities;
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, METERED, Reach};

impl Handle for TransactGetItems {
    type Request = db::TransactGetItems;
    type Echo = ReturnConsumedCapacity;
    type Answer = TransactGetItemsAnswer;

    fn resolve(input: Input) -> Result<(db::TransactGetItems, ReturnConsumedCapacity), ApiError> {
        let form = input.return_consumed_capacity;
        let gets = input.gets.into_iter().map(get).collect::<Result<_, _>>()?;
        Ok((db::TransactGetItems { gets, report_capacity: METERED }, form))
    }

    fn facts(request: &db::TransactGetItems) -> Facts<'_> {
        let accesses = request.gets.iter().map(|get| {
            Access::new(&get.table, Reach::Item(&get.key)).projection(get.projection.as_ref())
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

    fn answer(answer: TransactGetItemsAnswer, form: ReturnConsumedCapacity) -> Output {
        Output { responses: answer.items, consumed_capacity: capacities(answer.consumed, form) }
    }
}

fn get(get: Get) -> Result<TransactGet, ApiError> {
    let mut expressions = Expressions::new(get.placeholders)?;
    let projection = expressions.projection(get.projection_expression.as_ref())?;
    expressions.finish()?;
    Ok(TransactGet { table: get.table, key: get.key, projection })
}
