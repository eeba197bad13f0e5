//! PutItem: stores an item whole, in place of the one with the same key.

use model::legacy::Expected;
use model::{
    ApiError, AttributeMap, ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues,
    ReturnValuesOnConditionCheckFailure, Scope, TableRef,
};

use crate::generated::shapes;
use crate::json::Members;
use crate::request::Placeholders;
use crate::response::WriteAnswer;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct PutItem;

/// What to store.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
    /// The item, key included.
    pub item: AttributeMap,
    /// What must hold for the item there is.
    pub condition_expression: Option<String>,
    /// The same, as older requests have it.
    pub expected: Expected,
    /// Placeholders of the condition.
    pub placeholders: Placeholders,
    /// Which attributes to answer with.
    pub return_values: ReturnValues,
    /// Whether a failed condition shows the item.
    pub on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to estimate the item collection.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

/// What came of it.
pub type Output = WriteAnswer;

impl Operation for PutItem {
    const NAME: &'static str = "PutItem";
    const CLASS: Class = Class::Write;
    const SHAPE: &'static Shape = &shapes::PUT_ITEM_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let placeholders = Placeholders::of(body)?;
        Ok(Input {
            table: body.table("TableName"),
            item: body.attributes("Item")?.unwrap_or_default(),
            condition_expression: body.string("ConditionExpression"),
            expected: body.expected()?,
            placeholders,
            return_values: body.choice("ReturnValues").unwrap_or_default(),
            on_condition_check_failure: body
                .choice("ReturnValuesOnConditionCheckFailure")
                .unwrap_or_default(),
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
            return_item_collection_metrics: body
                .choice("ReturnItemCollectionMetrics")
                .unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        output.write(out);
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:PutItem", &input.table, scope)]
    }
}
