//! DescribeEndpoints: where to send requests.

use model::{ApiError, Scope};

use crate::encode::{ObjectWriter, write_array};
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct DescribeEndpoints;

/// Nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Input;

/// The one endpoint there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name and port, without a scheme.
    pub address: String,
    /// How long a client may rely on it, in minutes.
    pub cache_period_minutes: u64,
}

impl Operation for DescribeEndpoints {
    const NAME: &'static str = "DescribeEndpoints";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::DESCRIBE_ENDPOINTS_REQUEST;
    type Input = Input;
    type Output = Output;

    fn decode(_: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input)
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        write_array(object.key("Endpoints"), [output], |out, endpoint| {
            let mut object = ObjectWriter::open(out);
            object.string("Address", &endpoint.address);
            object.integer("CachePeriodInMinutes", endpoint.cache_period_minutes);
            object.close();
        });
        object.close();
    }

    fn permissions(_: &Input, _: &Scope) -> Vec<Permission> {
        vec![Permission { action: "dynamodb:DescribeEndpoints", resource: "*".into() }]
    }
}
