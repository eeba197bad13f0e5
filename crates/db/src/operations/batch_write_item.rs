//! BatchWriteItem.
//!
//! Checks: number of writes → every table exists → per table: each write as PutItem or DeleteItem
//! checks it, then no key twice. One refused write refuses the batch; none is carried out then.
//!
//! The writes are independent: all are queued, then all are awaited, and they share commits.

use std::collections::HashSet;
use std::sync::Arc;

use model::api::WriteRequest;
use model::{ApiError, ConsumedCapacity, ReturnValuesOnConditionCheckFailure, Scope, TableRef};
use store::Store;

use super::Report;
use super::totals::{ItemMetrics, Totals};
use super::write::Decided;
use crate::catalog::NamedTable;
use crate::database::Db;
use crate::error::validation;
use crate::maintained::Effect;
use crate::metering::Rate;
use crate::operations::mutation::{Action, Mutation};
use crate::schema::Table;

/// Up to 25 unconditional writes.
#[derive(Debug, Clone, Default)]
pub struct BatchWriteItem {
    /// Writes by table, in the order of the request.
    pub tables: Vec<(NamedTable, Vec<WriteRequest>)>,
    /// Writes that are checked and not carried out, by their positions through all tables, rising:
    /// they are answered as unprocessed.
    pub left_out: Vec<usize>,
    /// What else to report.
    pub report: Report,
}

/// Answer of BatchWriteItem.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchWriteItemAnswer {
    /// Writes that were not carried out, by table.
    pub unprocessed: Vec<(TableRef, Vec<WriteRequest>)>,
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
    /// When asked for: tables with local indexes only.
    pub collection_metrics: Option<ItemMetrics>,
}

/// Most writes of one request.
const WRITES_MAX: usize = 25;

impl<S: Store> Db<S> {
    /// Carries out several writes, each by itself.
    pub async fn batch_write_item(
        &self,
        scope: &Scope,
        request: BatchWriteItem,
    ) -> Result<BatchWriteItemAnswer, ApiError> {
        // Find.
        if request.tables.iter().map(|(_, writes)| writes.len()).sum::<usize>() > WRITES_MAX {
            return Err(validation("Too many items requested for the BatchWriteItem call"));
        }
        let tables = request.tables.iter().map(|(table, _)| self.table(scope, table));
        let tables: Vec<Arc<Table>> = tables.collect::<Result<_, _>>()?;

        // Check.
        let checked = tables.iter().zip(&request.tables);
        let checked = checked.map(|(table, (_, writes))| actions(table, writes));
        let actions: Vec<Vec<Action>> = checked.collect::<Result<_, _>>()?;

        // Act.
        let effects = self.write_all(actions.iter().flatten(), &request.left_out).await?;

        // Answer.
        Ok(answer(request, &actions, effects))
    }

    /// Queues every write, then waits for every one. A write that is left out, or that a transaction
    /// in progress keeps away, has no effect.
    async fn write_all(
        &self,
        actions: impl Iterator<Item = &Action>,
        left_out: &[usize],
    ) -> Result<Vec<Option<Effect>>, ApiError> {
        let mut queued: Vec<(&Action, Option<Result<Decided, ApiError>>)> = Vec::new();
        for (position, action) in actions.enumerate() {
            let submitted = match left_out.contains(&position) {
                true => None,
                false => Some(self.submit_item(action).await),
            };
            queued.push((action, submitted));
        }
        let mut effects = Vec::with_capacity(queued.len());
        for (action, submitted) in queued {
            let decided = match submitted {
                Some(Ok(decided)) => decided,
                None | Some(Err(ApiError::TransactionConflict)) => {
                    effects.push(None);
                    continue;
                }
                Some(Err(error)) => return Err(error),
            };
            effects.push(Some(match self.durable(decided).await? {
                Some(effect) => effect,
                None => self.write_item(action).await?,
            }));
        }
        Ok(effects)
    }
}

fn actions(table: &Arc<Table>, writes: &[WriteRequest]) -> Result<Vec<Action>, ApiError> {
    let mut rows = HashSet::with_capacity(writes.len());
    let mut actions = Vec::with_capacity(writes.len());
    for write in writes {
        let (row, mutation) = match write {
            WriteRequest::PutRequest(put) => Mutation::put(table, &put.item)?,
            WriteRequest::DeleteRequest(delete) => Mutation::delete(table, &delete.key)?,
        };
        if !rows.insert(row.clone()) {
            return Err(validation("Provided list of item keys contains duplicates"));
        }
        let table = Arc::clone(table);
        let on_failure = ReturnValuesOnConditionCheckFailure::None;
        actions.push(Action { table, row, mutation, condition: None, on_failure });
    }
    Ok(actions)
}

fn answer(
    request: BatchWriteItem,
    actions: &[Vec<Action>],
    effects: Vec<Option<Effect>>,
) -> BatchWriteItemAnswer {
    let mut effects = effects.into_iter();
    let mut totals = Totals::new(request.report, Rate::Standard);
    let mut unprocessed = Vec::new();
    for ((table, writes), actions) in request.tables.into_iter().zip(actions) {
        let table = table.into_reference();
        totals.share(&table);
        let mut left = Vec::new();
        for ((write, action), effect) in writes.into_iter().zip(actions).zip(effects.by_ref()) {
            match effect {
                Some(effect) => totals.add_write(&table, &action.table, &effect),
                None => left.push(write),
            }
        }
        if !left.is_empty() {
            unprocessed.push((table, left));
        }
    }
    let (consumed, collection_metrics) = totals.reported();
    BatchWriteItemAnswer { unprocessed, consumed, collection_metrics }
}
