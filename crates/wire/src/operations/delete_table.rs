//! DeleteTable: removes a table with all it holds.

use model::{ApiError, Scope, TableDescription, TableRef};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, description};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DeleteTable;

/// Which table.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
}

/// The table that was.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// As DescribeTable shows it, being deleted.
    pub table: TableDescription,
}

impl Operation for DeleteTable {
    const NAME: &'static str = "DeleteTable";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::DELETE_TABLE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input { table: body.table("TableName") })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        description::write(object.key("TableDescription"), &output.table);
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:DeleteTable", &input.table, scope)]
    }
}
