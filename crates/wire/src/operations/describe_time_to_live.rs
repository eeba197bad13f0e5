//! DescribeTimeToLive: whether items of a table expire, and by which attribute.

use model::{ApiError, Scope, TableRef, TimeToLiveStatus};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::names::WireName;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DescribeTimeToLive;

/// Which table.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
}

/// Its setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// How far enabling or disabling it is.
    pub status: TimeToLiveStatus,
    /// The attribute; `None` while time to live is disabled.
    pub attribute: Option<String>,
}

impl Operation for DescribeTimeToLive {
    const NAME: &'static str = "DescribeTimeToLive";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::DESCRIBE_TIME_TO_LIVE_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input { table: body.table("TableName") })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        let mut description = object.object("TimeToLiveDescription");
        if let Some(attribute) = &output.attribute {
            description.string("AttributeName", attribute);
        }
        description.string("TimeToLiveStatus", output.status.wire_name());
        description.close();
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:DescribeTimeToLive", &input.table, scope)]
    }
}
