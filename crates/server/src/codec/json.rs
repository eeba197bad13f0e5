//! JSON 1.0, the protocol of AWS's SDKs: `wire` has all of it.

use model::ApiError;
use wire::{Encode, ErrorBody, Operation, Text};

use super::{Codec, Protocol};

/// DynamoDB's JSON 1.0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Json10;

impl<O: Operation> Codec<O> for Json10 {
    fn input(&self, bytes: &[u8]) -> Result<O::Input, ApiError> {
        wire::decode::<O>(bytes)
    }

    fn output(&self, output: &O::Output) -> Text {
        let mut body = Text::expecting(output.expected_bytes());
        output.encode(&mut body);
        body
    }
}

impl Protocol for Json10 {
    fn error(&self, error: &ApiError) -> Text {
        ErrorBody::of(error).text(error)
    }
}
