//! BatchWriteItem.

use db::{BatchAction, BatchWriteItemAnswer, Db, Report};
use model::api::{
    BatchWriteItemInput, BatchWriteItemOutput, DeleteRequest, PutRequest, WriteRequest,
};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity, TableRef};
use store::Store;
use wire::operations::BatchWriteItem;

use super::answers::capacities;
use crate::pipeline::{Access, Accesses, Call, Handle, METERED, Reach};

impl Handle for BatchWriteItem {
    type Request = db::BatchWriteItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = BatchWriteItemAnswer;

    fn resolve(
        input: BatchWriteItemInput,
    ) -> Result<(db::BatchWriteItem, ReturnConsumedCapacity), ApiError> {
        let request = db::BatchWriteItem {
            tables: each_write(input.request_items, |write| match write {
                WriteRequest::PutRequest(put) => BatchAction::Put(put.item),
                WriteRequest::DeleteRequest(delete) => BatchAction::Delete(delete.key),
            }),
            report: Report {
                capacity: METERED,
                collection_metrics: input.return_item_collection_metrics.unwrap_or_default(),
            },
        };
        Ok((request, input.return_consumed_capacity.unwrap_or_default()))
    }

    fn accesses(request: &db::BatchWriteItem) -> Accesses<'_> {
        let accesses = request.tables.iter().flat_map(|(table, actions)| {
            actions.iter().map(move |action| match action {
                BatchAction::Put(attributes) | BatchAction::Delete(attributes) => {
                    Access::new("dynamodb:BatchWriteItem", table, Reach::Item(attributes))
                }
            })
        });
        accesses.collect()
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
            unprocessed_items: Some(each_write(answer.unprocessed, |action| match action {
                BatchAction::Put(item) => WriteRequest::PutRequest(PutRequest { item }),
                BatchAction::Delete(key) => WriteRequest::DeleteRequest(DeleteRequest { key }),
            })),
            item_collection_metrics: answer.collection_metrics.filter(|all| !all.is_empty()),
            consumed_capacity: capacities(answer.consumed, form),
        }
    }
}

/// Turns every write of every table into something else.
fn each_write<A, B>(
    tables: Vec<(TableRef, Vec<A>)>,
    turn: impl Fn(A) -> B,
) -> Vec<(TableRef, Vec<B>)> {
    let turn = &turn;
    tables
        .into_iter()
        .map(|(table, writes)| (table, writes.into_iter().map(turn).collect()))
        .collect()
}
