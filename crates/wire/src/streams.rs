//! Streams as requests name them.

use model::{ApiError, StreamArn};

use crate::json::Members;
use crate::shape::Shape;

/// Refuses what is no stream's ARN, before all constraints and whatever its length (`Invalid
/// StreamArn` is what the feature tests of the AWS SDK for JavaScript expect of the service for
/// `fake-stream`; 2026-11).
pub(crate) fn check_arn(body: Members<'_, '_>, shape: &Shape) -> Result<(), ApiError> {
    if !shape.has_member("StreamArn") {
        return Ok(());
    }
    body.text("StreamArn").map(stream_arn).transpose().map(drop)
}

/// A stream's ARN.
///
/// # Errors
/// `Validation` for any other text.
pub(crate) fn stream_arn(text: &str) -> Result<StreamArn, ApiError> {
    StreamArn::parse(text).ok_or_else(|| ApiError::Validation("Invalid StreamArn".to_owned()))
}
