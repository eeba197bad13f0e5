//! GetItem: one item by its key.

use model::{ApiError, AttributeMap, Item, ReturnConsumedCapacity, Scope, TableRef};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::request::Placeholders;
use crate::response::CapacityReport;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct GetItem;

/// What to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
    /// The whole primary key.
    pub key: AttributeMap,
    /// Which attributes to answer with.
    pub projection_expression: Option<String>,
    /// The same, as older requests have it.
    pub attributes_to_get: Option<Vec<String>>,
    /// Placeholders of the projection.
    pub placeholders: Placeholders,
    /// Whether every acknowledged write must be seen.
    pub consistent_read: bool,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The item, projected; absent where there is none.
    pub item: Option<Item>,
    /// What it cost, when asked for.
    pub consumed_capacity: Option<CapacityReport>,
}

impl Operation for GetItem {
    const NAME: &'static str = "GetItem";
    const CLASS: Class = Class::Read;
    const SHAPE: &'static Shape = &shapes::GET_ITEM_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input {
            table: body.table("TableName"),
            key: body.attributes("Key")?.unwrap_or_default(),
            projection_expression: body.string("ProjectionExpression"),
            attributes_to_get: body.attributes_to_get()?,
            placeholders: Placeholders::names_of(body),
            consistent_read: body.boolean("ConsistentRead").unwrap_or_default(),
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.optional_capacity(output.consumed_capacity.as_ref());
        object.optional_item("Item", output.item.as_ref());
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:GetItem", &input.table, scope)]
    }
}
