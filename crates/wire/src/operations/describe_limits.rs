//! DescribeLimits: the capacity that an account may provision.

use model::{ApiError, Scope};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DescribeLimits;

/// Nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Input;

/// The limits, in units per second.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Of reads and of writes, of all tables together.
    pub account: u64,
    /// Of reads and of writes, of one table.
    pub table: u64,
}

impl Operation for DescribeLimits {
    const NAME: &'static str = "DescribeLimits";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::DESCRIBE_LIMITS_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(_: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input)
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.integer("AccountMaxReadCapacityUnits", output.account);
        object.integer("AccountMaxWriteCapacityUnits", output.account);
        object.integer("TableMaxReadCapacityUnits", output.table);
        object.integer("TableMaxWriteCapacityUnits", output.table);
        object.close();
    }

    fn permissions(_: &Input, _: &Scope) -> Vec<Permission> {
        vec![Permission { action: "dynamodb:DescribeLimits", resource: "*".into() }]
    }
}
