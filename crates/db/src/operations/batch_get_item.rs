//! BatchGetItem.
//!
//! Checks: number of keys → every table exists → per table: keys fit the schema, then none twice.

use std::collections::HashSet;
use std::ops::RangeFrom;
use std::sync::Arc;

use expr::Projection;
use model::limits::BATCH_BYTES_MAX;
use model::{ApiError, ConsumedCapacity, Item, ReturnConsumedCapacity, Scope, TableRef};
use store::{RowKey, Store};

use super::Report;
use super::totals::Totals;
use crate::catalog::NamedTable;
use crate::database::Db;
use crate::error::{store_failed, validation};
use crate::layout::stored::Stored;
use crate::metering::Rate;
use crate::reading::consistency_of;
use crate::schema::Table;
use crate::schema::item_rules;

/// Up to 100 items by key.
#[derive(Debug, Clone)]
pub struct BatchGetItem {
    /// One entry per table, in the order of the request.
    pub tables: Vec<BatchGetTable>,
    /// Keys that are checked and not read, by their positions through all tables, rising: they are
    /// answered as unprocessed.
    pub left_out: Vec<usize>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

/// Keys of one table.
#[derive(Debug, Clone)]
pub struct BatchGetTable {
    /// The table.
    pub table: NamedTable,
    /// Primary keys.
    pub keys: Vec<Item>,
    /// `ConsistentRead`.
    pub consistent: bool,
    /// What of the items to answer.
    pub projection: Option<Projection>,
}

/// Answer of BatchGetItem.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchGetItemAnswer {
    /// Found items of every table of the request.
    pub responses: Vec<(TableRef, Vec<Item>)>,
    /// Keys that no longer fitted, by table; tables without any are absent.
    pub unprocessed: Vec<(TableRef, Vec<Item>)>,
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
}

/// A batch of which some tables were read.
struct Progress {
    answer: BatchGetItemAnswer,
    totals: Totals,
    /// Bytes that still fit into the answer.
    room: usize,
    /// Positions of the next keys, and of those that are left out.
    positions: RangeFrom<usize>,
    left_out: Vec<usize>,
}

/// Most keys of one request.
const KEYS_MAX: usize = 100;

impl<S: Store> Db<S> {
    /// Reads several items, each by itself.
    pub async fn batch_get_item(
        &self,
        scope: &Scope,
        request: BatchGetItem,
    ) -> Result<BatchGetItemAnswer, ApiError> {
        // Find.
        if request.tables.iter().map(|table| table.keys.len()).sum::<usize>() > KEYS_MAX {
            return Err(validation("Too many items requested for the BatchGetItem call"));
        }
        let tables = request.tables.iter().map(|wanted| self.table(scope, &wanted.table));
        let tables: Vec<Arc<Table>> = tables.collect::<Result<_, _>>()?;

        // Check.
        let rows = tables.iter().zip(&request.tables).map(|(table, wanted)| rows(table, wanted));
        let rows: Vec<Vec<RowKey>> = rows.collect::<Result<_, _>>()?;

        // Act and answer.
        let report = Report { capacity: request.report_capacity, ..Report::default() };
        let mut progress = Progress {
            answer: BatchGetItemAnswer {
                responses: Vec::with_capacity(request.tables.len()),
                unprocessed: Vec::new(),
                consumed: None,
            },
            totals: Totals::new(report, Rate::Standard),
            room: BATCH_BYTES_MAX,
            positions: 0..,
            left_out: request.left_out,
        };
        for (wanted, rows) in request.tables.into_iter().zip(&rows) {
            self.get_from_table(wanted, rows, &mut progress).await?;
        }
        for table in &tables {
            table.check_still_there().await?;
        }
        let Progress { answer, totals, .. } = progress;
        let (consumed, _) = totals.reported();
        Ok(BatchGetItemAnswer { consumed, ..answer })
    }

    /// Reads one table's items while there is room. The keys from there on are unprocessed, as are
    /// those that are left out.
    async fn get_from_table(
        &self,
        wanted: BatchGetTable,
        rows: &[RowKey],
        progress: &mut Progress,
    ) -> Result<(), ApiError> {
        let mut items = Vec::with_capacity(rows.len());
        let mut left = Vec::new();
        let mut is_full = false;
        let Progress { answer, totals, room, positions, left_out } = progress;
        totals.share(wanted.table.reference());
        let consistency = wanted.consistent.into();
        for ((row, key), position) in rows.iter().zip(wanted.keys).zip(positions) {
            if is_full || left_out.contains(&position) {
                left.push(key);
                continue;
            }
            let value =
                self.store().get(row, consistency_of(consistency)).await.map_err(store_failed)?;
            let stored = value.map(Stored::decode).transpose().map_err(store_failed)?;
            let item = stored.map(|stored| stored.item);
            let Some(rest) = room.checked_sub(item.as_ref().map_or(0, Item::item_bytes)) else {
                (*room, is_full) = (0, true);
                left.push(key);
                continue;
            };
            *room = rest;
            totals.add_read(wanted.table.reference(), item.as_ref(), consistency);
            items.extend(item.map(|item| match &wanted.projection {
                Some(projection) => projection.apply(item.attributes()),
                None => item,
            }));
        }
        if !left.is_empty() {
            answer.unprocessed.push((wanted.table.reference().clone(), left));
        }
        answer.responses.push((wanted.table.into_reference(), items));
        Ok(())
    }
}

fn rows(table: &Table, wanted: &BatchGetTable) -> Result<Vec<RowKey>, ApiError> {
    let rows = wanted.keys.iter().map(|key| item_rules::row_of_key(table, key));
    let rows: Vec<RowKey> = rows.collect::<Result<_, _>>()?;
    if rows.iter().collect::<HashSet<_>>().len() < rows.len() {
        return Err(validation("Provided list of item keys contains duplicates"));
    }
    Ok(rows)
}
