//! UpdateItem: changes attributes of one item, creating it where there is none.

use model::legacy::AttributeUpdates;
use model::{ApiError, AttributeMap, Scope, TableRef};

use crate::generated::shapes;
use crate::json::Members;
use crate::request::{Placeholders, WriteTerms};
use crate::response::WriteAnswer;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct UpdateItem;

/// What to change.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
    /// The whole primary key.
    pub key: AttributeMap,
    /// How; absent, the item is only made sure to exist.
    pub update_expression: Option<String>,
    /// The same, as older requests have it.
    pub attribute_updates: AttributeUpdates,
    /// Placeholders of both expressions.
    pub placeholders: Placeholders,
    /// On which terms.
    pub terms: WriteTerms,
}

/// What came of it.
pub type Output = WriteAnswer;

impl Operation for UpdateItem {
    const NAME: &'static str = "UpdateItem";
    const CLASS: Class = Class::Write;
    const SHAPE: &'static Shape = &shapes::UPDATE_ITEM_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let placeholders = Placeholders::of(body)?;
        Ok(Input {
            table: body.table("TableName"),
            key: body.attributes("Key")?.unwrap_or_default(),
            update_expression: body.string("UpdateExpression"),
            attribute_updates: body.attribute_updates()?,
            placeholders,
            terms: WriteTerms::of(body)?,
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        output.write(out);
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:UpdateItem", &input.table, scope)]
    }
}
