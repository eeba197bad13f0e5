//! ListTagsOfResource: the tags of a table, all in one page.

use model::{ApiError, Scope, TableRef};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, tags};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct ListTagsOfResource;

/// Of which table.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table's ARN, as the request wrote it.
    pub resource: TableRef,
}

/// The tags.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Keys and values.
    pub tags: Vec<(String, String)>,
}

impl Operation for ListTagsOfResource {
    const NAME: &'static str = "ListTagsOfResource";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::LIST_TAGS_OF_RESOURCE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input { resource: body.table("ResourceArn") })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        tags::write(object.key("Tags"), &output.tags);
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:ListTagsOfResource", &input.resource, scope)]
    }
}
