//! BatchWriteItem.

use db::{BatchAction, BatchWriteItemAnswer, Db, Report};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity, TableRef};
use store::Store;
use wire::operations::batch_write_item::{BatchWriteItem, Input, Output, WriteRequest};

use super::answers::capacities;
use crate::pipeline::{Access, Call, Facts, Handle, METERED, Reach};

impl Handle for BatchWriteItem {
    type Request = db::BatchWriteItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = BatchWriteItemAnswer;

    fn resolve(input: Input) -> Result<(db::BatchWriteItem, ReturnConsumedCapacity), ApiError> {
        let request = db::BatchWriteItem {
            tables: each_write(input.requests, |write| match write {
                WriteRequest::Put(item) => BatchAction::Put(item),
                WriteRequest::Delete(key) => BatchAction::Delete(key),
            }),
            report: Report {
                capacity: METERED,
                collection_metrics: input.return_item_collection_metrics,
            },
        };
        Ok((request, input.return_consumed_capacity))
    }

    fn facts(request: &db::BatchWriteItem) -> Facts<'_> {
        let accesses = request.tables.iter().flat_map(|(table, actions)| {
            actions.iter().map(move |action| match action {
                BatchAction::Put(attributes) | BatchAction::Delete(attributes) => {
                    Access::new(table, Reach::Item(attributes))
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

    fn answer(answer: BatchWriteItemAnswer, form: ReturnConsumedCapacity) -> Output {
        Output {
            unprocessed_items: each_write(answer.unprocessed, |action| match action {
                BatchAction::Put(item) => WriteRequest::Put(item),
                BatchAction::Delete(key) => WriteRequest::Delete(key),
            }),
            item_collection_metrics: answer.collection_metrics.unwrap_or_default(),
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
