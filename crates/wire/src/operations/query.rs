//! Query: the items of one partition of a table or index, in sort key order.

use model::legacy::{Filter, KeyConditions};
use model::{ApiError, AttributeMap, ReturnConsumedCapacity, Scope, Select, TableRef};

use crate::generated::shapes;
use crate::json::Members;
use crate::request::Placeholders;
use crate::response::PageAnswer;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct Query;

/// What to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
    /// One of its indexes, in its place.
    pub index: Option<String>,
    /// The partition and a range of sort keys.
    pub key_condition_expression: Option<String>,
    /// The same, as older requests have it.
    pub key_conditions: Option<KeyConditions>,
    /// Which of the items read to answer with.
    pub filter_expression: Option<String>,
    /// The same, as older requests have it.
    pub filter: Filter,
    /// Which attributes to answer with.
    pub projection_expression: Option<String>,
    /// The same, as older requests have it.
    pub attributes_to_get: Option<Vec<String>>,
    /// Placeholders of all three.
    pub placeholders: Placeholders,
    /// Which kind of attributes to answer with.
    pub select: Option<Select>,
    /// Most items to read, at least 1.
    pub limit: Option<u64>,
    /// Ascending sort key order, unless set to false.
    pub scan_index_forward: bool,
    /// The key after which to continue.
    pub exclusive_start_key: Option<AttributeMap>,
    /// Whether every acknowledged write must be seen.
    pub consistent_read: bool,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// One page of what was found.
pub type Output = PageAnswer;

impl Operation for Query {
    const NAME: &'static str = "Query";
    const CLASS: Class = Class::Read;
    const SHAPE: &'static Shape = &shapes::QUERY_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let placeholders = Placeholders::of(body)?;
        Ok(Input {
            table: body.table("TableName"),
            index: body.string("IndexName"),
            key_condition_expression: body.string("KeyConditionExpression"),
            key_conditions: body.key_conditions()?,
            filter_expression: body.string("FilterExpression"),
            filter: body.filter("QueryFilter")?,
            projection_expression: body.string("ProjectionExpression"),
            attributes_to_get: body.attributes_to_get()?,
            placeholders,
            select: body.choice("Select"),
            limit: body.count("Limit"),
            scan_index_forward: body.boolean("ScanIndexForward").unwrap_or(true),
            exclusive_start_key: body.start_key("ExclusiveStartKey")?,
            consistent_read: body.boolean("ConsistentRead").unwrap_or_default(),
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        output.write(out);
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table_or_index(
            "dynamodb:Query",
            &input.table,
            input.index.as_deref(),
            scope,
        )]
    }
}
