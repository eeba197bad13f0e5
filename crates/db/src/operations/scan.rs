//! Scan.

use expr::{Condition, Projection};
use model::{ApiError, AttributeMap, ReturnConsumedCapacity, Scope, Select, TableRef};
use store::Store;

use super::Page;
use crate::Db;

/// Items of a whole table or index, or of one segment of it.
#[derive(Debug, Clone)]
pub struct Scan {
    /// The table.
    pub table: TableRef,
    /// The index, if not the table itself.
    pub index: Option<String>,
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
    /// The `LastEvaluatedKey` of the page before.
    pub exclusive_start_key: Option<AttributeMap>,
    /// `Segment`.
    pub segment: Option<u32>,
    /// `TotalSegments`, 1 to 1,000,000.
    pub total_segments: Option<u32>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

impl<S: Store> Db<S> {
    /// Reads one page of a table or index.
    pub async fn scan(&self, scope: &Scope, request: Scan) -> Result<Page, ApiError> {
        todo!()
    }
}
