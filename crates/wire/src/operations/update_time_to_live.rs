//! UpdateTimeToLive: lets items of a table expire, or no longer.

use model::{ApiError, Scope, TableRef};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct UpdateTimeToLive;

/// The setting, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
    /// The attribute that says when an item expires.
    pub attribute: String,
    /// Whether items are to expire.
    pub enabled: bool,
}

/// The setting as the request had it.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The attribute.
    pub attribute: String,
    /// Whether items expire.
    pub enabled: bool,
}

impl Operation for UpdateTimeToLive {
    const NAME: &'static str = "UpdateTimeToLive";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::UPDATE_TIME_TO_LIVE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let specification = body.structure("TimeToLiveSpecification");
        let attribute = specification.and_then(|members| members.string("AttributeName"));
        let enabled = specification.and_then(|members| members.boolean("Enabled"));
        Ok(Input {
            table: body.table("TableName"),
            attribute: attribute.unwrap_or_default(),
            enabled: enabled.unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        let mut specification = object.object("TimeToLiveSpecification");
        specification.string("AttributeName", &output.attribute);
        specification.boolean("Enabled", output.enabled);
        specification.close();
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:UpdateTimeToLive", &input.table, scope)]
    }
}
