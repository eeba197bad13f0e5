//! UntagResource: removes tags from a table.

use model::{ApiError, Scope, TableRef};

use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, tags};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct UntagResource;

/// Which tags, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table's ARN, as the request wrote it.
    pub resource: TableRef,
    /// Keys of the tags, present or not.
    pub keys: Vec<String>,
}

/// Nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Output;

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::UNTAG_RESOURCE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input { keys: tags::read_keys(body)?, resource: body.table("ResourceArn") })
    }

    fn encode(_: &Output, _: &mut Vec<u8>) {
        // No body at all: the model gives this operation no output.
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:UntagResource", &input.resource, scope)]
    }
}
