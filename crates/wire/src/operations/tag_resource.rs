//! TagResource: adds tags to a table, or gives those it has other values.

use model::{ApiError, Scope, TableRef};

use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, tags};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct TagResource;

/// Which tags, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table's ARN, as the request wrote it.
    pub resource: TableRef,
    /// Keys and values, each key once.
    pub tags: Vec<(String, String)>,
}

/// Nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Output;

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::TAG_RESOURCE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let tags = tags::read(body)?;
        if tags.is_empty() {
            let words = "Atleast one Tag needs to be provided as Input.";
            return Err(ApiError::Validation(words.into()));
        }
        Ok(Input { resource: body.table("ResourceArn"), tags })
    }

    fn encode(_: &Output, _: &mut Vec<u8>) {
        // No body at all: the model gives this operation no output.
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:TagResource", &input.resource, scope)]
    }
}
