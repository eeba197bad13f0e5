//! PutItem: stores an item whole, in place of the one with the same key.

use model::{ApiError, AttributeMap, Scope, TableRef};

use crate::generated::shapes;
use crate::json::Members;
use crate::request::{Placeholders, WriteTerms};
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
    /// Placeholders of the condition.
    pub placeholders: Placeholders,
    /// On which terms.
    pub terms: WriteTerms,
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
            placeholders,
            terms: WriteTerms::of(body)?,
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        output.write(out);
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:PutItem", &input.table, scope)]
    }
}
