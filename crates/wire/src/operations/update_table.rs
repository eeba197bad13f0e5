//! UpdateTable: changes a table's settings, adds and removes global indexes.

use model::{ApiError, Scope, TableDescription, TableUpdate};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, description, table};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct UpdateTable;

/// The changes.
pub type Input = TableUpdate;

/// The table, still being changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// As DescribeTable shows it.
    pub table: TableDescription,
}

impl Operation for UpdateTable {
    const NAME: &'static str = "UpdateTable";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::UPDATE_TABLE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        table::update(body)
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        description::write(object.key("TableDescription"), &output.table);
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:UpdateTable", &input.table, scope)]
    }
}
