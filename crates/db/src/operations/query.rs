//! Query.

use expr::{Condition, KeyCondition, Projection};
use model::{ApiError, AttributeMap, ReturnConsumedCapacity, Scope, Select, TableRef};
use store::{Direction, Store};

use super::Page;
use crate::Db;

/// Items of one partition of a table or index, in key order.
#[derive(Debug, Clone)]
pub struct Query {
    /// The table.
    pub table: TableRef,
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
    pub exclusive_start_key: Option<AttributeMap>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

impl<S: Store> Db<S> {
    /// Reads one page of a partition.
    pub async fn query(&self, scope: &Scope, request: Query) -> Result<Page, ApiError> {
        todo!()
    }
}
