//! Query.
//!
//! Checks: `Select` and its companions → table exists → index exists → consistent reads are
//! possible → the key condition fits the key → the filter leaves the key alone → the start key →
//! what is asked for is projected.

use expr::{Condition, KeyCondition, Notation, Projection};
use model::{ApiError, Item, ReturnConsumedCapacity, Scope, Select};
use store::{Direction, Store};

use super::reported;
use crate::catalog::NamedTable;
use crate::database::Db;
use crate::error::validation;
use crate::reading::{Page, PartitionBounds, Selection, Source, Walk, check_select, start};
use crate::schema::key_names;

/// Items of one partition of a table or index, in key order.
#[derive(Debug, Clone)]
pub struct Query {
    /// The table.
    pub table: NamedTable,
    /// The index, if not the table itself.
    pub index: Option<String>,
    /// Which partition, and which part of it.
    pub key_condition: KeyCondition,
    /// What an evaluated item must satisfy.
    pub filter: Option<Condition>,
    /// What of the items to answer.
    pub projection: Option<Projection>,
    /// `Select`.
    pub select: Option<Select>,
    /// Most items to evaluate; at least 1.
    pub limit: Option<usize>,
    /// `ConsistentRead`.
    pub consistent: bool,
    /// `ScanIndexForward`.
    pub direction: Direction,
    /// The `LastEvaluatedKey` of the page before.
    pub exclusive_start_key: Option<Item>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

impl<S: Store> Db<S> {
    /// Reads one page of a partition.
    pub async fn query(&self, scope: &Scope, request: Query) -> Result<Page, ApiError> {
        // Find.
        let index = request.index.as_deref();
        check_select(request.select, request.projection.as_ref(), index)?;
        let table = self.table(scope, &request.table)?;
        let source = Source::find(&table, index, request.consistent)?;

        // Check.
        let filter = request.filter;
        let bounds = PartitionBounds::bind(&request.key_condition, source.key())?;
        check_filter(filter.as_ref(), &source)?;
        let start = request.exclusive_start_key.as_ref();
        let after = start.map(|key| start::of_query(&source, &bounds, key)).transpose()?;
        let selection =
            Selection::new(&source, request.select, request.projection, filter.as_ref())?;

        // Act and answer.
        let (limit, direction) = (request.limit, request.direction);
        let rows = bounds.rows(source.place(), after.as_ref(), direction);
        let consistency = request.consistent.into();
        let walk = Walk { source, selection, filter, limit, consistency, direction };
        walk.run(
            &**self.store(),
            &rows,
            reported(request.report_capacity, request.table.reference()),
        )
        .await
    }
}

/// A query's filter may not touch the key that the key condition is for.
fn check_filter(filter: Option<&Condition>, source: &Source<'_>) -> Result<(), ApiError> {
    let filtered = filter.map(Condition::attributes).unwrap_or_default();
    let key = key_names(source.key()).find(|name| filtered.contains(name));
    let (Some(filter), Some(name)) = (filter, key) else { return Ok(()) };
    let parameter = match filter.notation() {
        Notation::Expression => "Filter Expression",
        Notation::Legacy => "QueryFilter",
    };
    Err(validation(format!(
        "{parameter} can only contain non-primary key attributes: Primary key attribute: {name}"
    )))
}
