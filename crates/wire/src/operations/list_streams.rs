//! ListStreams: the streams of one table or of all, in pages.

use model::{ApiError, Scope, StreamArn, limits};

use crate::encode::{ObjectWriter, write_array};
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::streams::stream_arn;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct ListStreams;

/// Which page.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Streams of this table alone.
    pub table: Option<String>,
    /// The stream after which to continue.
    pub exclusive_start_stream: Option<StreamArn>,
    /// Most streams in the page.
    pub limit: Option<u64>,
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Streams.
    pub streams: Vec<StreamArn>,
    /// The last one, when there are more.
    pub last_evaluated_stream: Option<StreamArn>,
}

impl Operation for ListStreams {
    const NAME: &'static str = "ListStreams";
    const CLASS: Class = Class::Stream;
    const SHAPE: &'static Shape = &shapes::LIST_STREAMS_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let start = body.text("ExclusiveStartStreamArn").map(stream_arn).transpose()?;
        let limit = body.limit(limits::LISTED_STREAMS_MAX)?;
        Ok(Input { table: body.string("TableName"), exclusive_start_stream: start, limit })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        if let Some(arn) = &output.last_evaluated_stream {
            object.string("LastEvaluatedStreamArn", &arn.to_string());
        }
        write_array(object.key("Streams"), &output.streams, |out, arn| {
            let mut object = ObjectWriter::open(out);
            object.string("StreamArn", &arn.to_string());
            object.string("StreamLabel", &arn.label);
            object.string("TableName", &arn.table);
            object.close();
        });
        object.close();
    }

    fn permissions(_: &Input, _: &Scope) -> Vec<Permission> {
        vec![Permission { action: "dynamodb:ListStreams", resource: "*".into() }]
    }
}
