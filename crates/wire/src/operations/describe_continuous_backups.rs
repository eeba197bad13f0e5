//! DescribeContinuousBackups: whether a table is backed up continuously.

use model::{ApiError, Scope, TableRef};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DescribeContinuousBackups;

/// Which table.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The table.
    pub table: TableRef,
}

/// That backups are enabled and point-in-time recovery is not: there is no other state yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Output;

impl Operation for DescribeContinuousBackups {
    const NAME: &'static str = "DescribeContinuousBackups";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::DESCRIBE_CONTINUOUS_BACKUPS_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input { table: body.table("TableName") })
    }

    fn encode(_: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        let mut description = object.object("ContinuousBackupsDescription");
        description.string("ContinuousBackupsStatus", "ENABLED");
        let mut recovery = description.object("PointInTimeRecoveryDescription");
        recovery.string("PointInTimeRecoveryStatus", "DISABLED");
        recovery.close();
        description.close();
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        vec![Permission::on_table("dynamodb:DescribeContinuousBackups", &input.table, scope)]
    }
}
