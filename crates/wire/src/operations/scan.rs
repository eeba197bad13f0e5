//! Scan: every item of a table or index, or of one segment of it.

use model::legacy::Filter;
use model::{ApiError, AttributeMap, ReturnConsumedCapacity, Scope, Select, TableRef};

use crate::generated::shapes;
use crate::json::Members;
use crate::request::Placeholders;
use crate::response::PageAnswer;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct Scan;

/// What to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
    /// One of its indexes, in its place.
    pub index: Option<String>,
    /// Which of the items read to answer with.
    pub filter_expression: Option<String>,
    /// The same, as older requests have it.
    pub filter: Filter,
    /// Which attributes to answer with.
    pub projection_expression: Option<String>,
    /// The same, as older requests have it.
    pub attributes_to_get: Option<Vec<String>>,
    /// Placeholders of both.
    pub placeholders: Placeholders,
    /// Which kind of attributes to answer with.
    pub select: Option<Select>,
    /// Most items to read, at least 1.
    pub limit: Option<u64>,
    /// Into how many segments the scan is divided.
    pub total_segments: Option<u64>,
    /// Which of them to read.
    pub segment: Option<u64>,
    /// The key after which to continue.
    pub exclusive_start_key: Option<AttributeMap>,
    /// Whether every acknowledged write must be seen.
    pub consistent_read: bool,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// One page of what was found.
pub type Output = PageAnswer;

impl Operation for Scan {
    const NAME: &'static str = "Scan";
    const CLASS: Class = Class::Read;
    const SHAPE: &'static Shape = &shapes::SCAN_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let placeholders = Placeholders::of(body)?;
        Ok(Input {
            table: body.table("TableName"),
            index: body.string("IndexName"),
            filter_expression: body.string("FilterExpression"),
            filter: body.filter("ScanFilter")?,
            projection_expression: body.string("ProjectionExpression"),
            attributes_to_get: body.attributes_to_get()?,
            placeholders,
            select: body.choice("Select"),
            limit: body.count("Limit"),
            total_segments: body.count("TotalSegments"),
            segment: body.count("Segment"),
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
            "dynamodb:Scan",
            &input.table,
            input.index.as_deref(),
            scope,
        )]
    }
}
