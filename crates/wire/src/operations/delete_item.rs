//! DeleteItem: removes one item by its key.

use model::{ApiError, AttributeMap, Scope, TableRef};

use crate::generated::shapes;
use crate::json::Members;
use crate::request::{Placeholders, WriteTerms};
use crate::response::WriteAnswer;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DeleteItem;

/// What to remove.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
    /// The whole primary key.
    pub key: AttributeMap,
    /// Placeholders of the condition.
    pub placeholders: Placeholders,
    /// On which terms.
    pub terms: WriteTerms,
}

/// What came of it.
pub type Output = WriteAnswer;

impl Operation for DeleteItem {
    const NAME: &'static str = "DeleteItem";
    const CLASS: Class = Class::Write;
    const SHAPE: &'static Shape = &shapes::DELETE_ITEM_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let placeholders = Placeholders::of(body)?;
        Ok(Input {
            table: body.table("TableName"),
            key: body.attributes("Key")?.unwrap_or_default(),
            placeholders,
            terms: WriteTerms::of(body)?,
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        output.write(out);
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:DeleteItem", &input.table, scope)]
    }
}
