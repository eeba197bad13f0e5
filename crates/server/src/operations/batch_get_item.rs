//! BatchGetItem.

use std::collections::HashMap;

use db::{BatchGetItemAnswer, BatchGetTable, Db, SchemaView};
use expr::{Parameter, legacy};
use model::api::{BatchGetItemInput, BatchGetItemOutput, KeysAndAttributes};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity, TableRef};
use store::Store;
use wire::operations::BatchGetItem;

use super::answers::capacities;
use crate::pipeline::{Access, Accesses, Call, Expressions, Handle, METERED, Reach};

/// What unprocessed keys are sent back with: each table's request, without its keys.
pub(crate) struct Echo {
    form: ReturnConsumedCapacity,
    requests: HashMap<TableRef, KeysAndAttributes>,
}

impl Handle for BatchGetItem {
    type Request = db::BatchGetItem;
    type Echo = Echo;
    type Answer = BatchGetItemAnswer;

    fn bind(
        input: BatchGetItemInput,
        _: SchemaView<'_>,
    ) -> Result<(db::BatchGetItem, Echo), ApiError> {
        let form = input.return_consumed_capacity.unwrap_or_default();
        let mut tables = Vec::with_capacity(input.request_items.len());
        let mut requests = HashMap::with_capacity(input.request_items.len());
        for (table, mut request) in input.request_items {
            tables.push(BatchGetTable {
                table: table.clone().into(),
                keys: std::mem::take(&mut request.keys),
                consistent: request.consistent_read.unwrap_or_default(),
                projection: projection(&request)?,
            });
            requests.insert(table, request);
        }
        let request = db::BatchGetItem { tables, left_out: Vec::new(), report_capacity: METERED };
        Ok((request, Echo { form, requests }))
    }

    fn accesses<'a>(request: &'a db::BatchGetItem, echo: &Echo) -> Accesses<'a> {
        let form = echo.form;
        let accesses = request.tables.iter().flat_map(|table| {
            table.keys.iter().map(move |key| {
                let reach = Reach::Item(key);
                Access::of_items("dynamodb:BatchGetItem", &table.table, reach, form)
                    .reading(table.projection.as_ref(), None)
            })
        });
        accesses.collect()
    }

    fn leave_out(request: &mut db::BatchGetItem, refused: Vec<usize>) -> Result<(), ApiError> {
        request.left_out = refused;
        Ok(())
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::BatchGetItem,
    ) -> Result<BatchGetItemAnswer, ApiError> {
        db.batch_get_item(call.scope, request).await
    }

    fn consumed(answer: &BatchGetItemAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_deref().unwrap_or_default()
    }

    fn answer(answer: BatchGetItemAnswer, mut echo: Echo) -> BatchGetItemOutput {
        let unprocessed = answer.unprocessed.into_iter().filter_map(|(table, keys)| {
            let request = echo.requests.remove(&table)?;
            Some((table, KeysAndAttributes { keys, ..request }))
        });
        BatchGetItemOutput {
            responses: Some(answer.responses),
            unprocessed_keys: Some(unprocessed.collect()),
            consumed_capacity: capacities(answer.consumed, echo.form),
        }
    }
}

/// What it is made of is copied, not moved: unprocessed keys are sent back with them.
fn projection(request: &KeysAndAttributes) -> Result<Option<expr::Projection>, ApiError> {
    let parameters = [(Parameter::Projection, request.projection_expression.is_some())];
    let names = request.expression_attribute_names.clone();
    let mut expressions = Expressions::among(names, None, &parameters)?;
    let projection = expressions.projection(request.projection_expression.as_ref())?;
    let projection = projection.or(legacy::projection(request.attributes_to_get.clone())?);
    expressions.finish()?;
    Ok(projection)
}
