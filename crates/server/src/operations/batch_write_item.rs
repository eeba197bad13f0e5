//! BatchWriteItem.

use db::{BatchWriteItemAnswer, Db, Report, SchemaView};
use model::api::{BatchWriteItemInput, BatchWriteItemOutput};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::BatchWriteItem;

use super::answers::capacities;
use crate::pipeline::{Access, Accesses, Call, Handle, METERED, Reach};

impl Handle for BatchWriteItem {
    type Request = db::BatchWriteItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = BatchWriteItemAnswer;

    fn bind(
        input: BatchWriteItemInput,
        _: SchemaView<'_>,
    ) -> Result<(db::BatchWriteItem, ReturnConsumedCapacity), ApiError> {
        let request = db::BatchWriteItem {
            tables: input
                .request_items
                .into_iter()
                .map(|(table, writes)| (table.into(), writes))
                .collect(),
            left_out: Vec::new(),
            report: Report {
                capacity: METERED,
                collection_metrics: input.return_item_collection_metrics.unwrap_or_default(),
            },
        };
        Ok((request, input.return_consumed_capacity.unwrap_or_default()))
    }

    fn accesses<'a>(
        request: &'a db::BatchWriteItem,
        form: &ReturnConsumedCapacity,
    ) -> Accesses<'a> {
        let accesses = request.tables.iter().flat_map(|(table, writes)| {
            writes.iter().map(move |write| {
                let reach = Reach::Item(write.attributes());
                Access::of_items("dynamodb:BatchWriteItem", table, reach, *form)
            })
        });
        accesses.collect()
    }

    fn leave_out(request: &mut db::BatchWriteItem, refused: Vec<usize>) -> Result<(), ApiError> {
        request.left_out = refused;
        Ok(())
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::BatchWriteItem,
    ) -> Result<BatchWriteItemAnswer, ApiError> {
        db.batch_write_item(call.scope, request).await
    }

    fn consumed(answer: &BatchWriteItemAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_deref().unwrap_or_default()
    }

    fn answer(answer: BatchWriteItemAnswer, form: ReturnConsumedCapacity) -> BatchWriteItemOutput {
        BatchWriteItemOutput {
            unprocessed_items: Some(answer.unprocessed),
            item_collection_metrics: answer.collection_metrics.filter(|all| !all.is_empty()),
            consumed_capacity: capacities(answer.consumed, form),
        }
    }
}
