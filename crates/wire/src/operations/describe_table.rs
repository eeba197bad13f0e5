//! DescribeTable: a table's declaration, state and size.

use model::{ApiError, Scope, TableDescription, TableRef};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, description};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DescribeTable;

/// Which table.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
}

/// What there is to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The description.
    pub table: TableDescription,
}

impl Operation for DescribeTable {
    const NAME: &'static str = "DescribeTable";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::DESCRIBE_TABLE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input { table: body.table("TableName") })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        description::write(object.key("Table"), &output.table);
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:DescribeTable", &input.table, scope)]
    }
}
