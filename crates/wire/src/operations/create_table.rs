//! CreateTable: declares a table and its indexes.

use model::{ApiError, Scope, TableDeclaration, TableDescription};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, description, table};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct CreateTable;

/// The table to be.
pub type Input = TableDeclaration;

/// The table, still being created.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// As DescribeTable shows it.
    pub table: TableDescription,
}

impl Operation for CreateTable {
    const NAME: &'static str = "CreateTable";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::CREATE_TABLE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        table::declaration(body)
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        description::write(object.key("TableDescription"), &output.table);
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        let mut permissions =
            vec![Permission::on_table("dynamodb:CreateTable", &input.table, scope)];
        if !input.tags.is_empty() {
            permissions.push(Permission::on_table("dynamodb:TagResource", &input.table, scope));
        }
        permissions
    }
}
