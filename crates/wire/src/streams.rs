//! What the operations on streams read alike.

use model::{ApiError, StreamArn};

use crate::json::Members;

/// Refuses what is no stream's ARN, before all constraints and whatever its length (`Invalid
/// StreamArn` is what the feature tests of the AWS SDK for JavaScript expect of the service for
/// `fake-stream`; 2026-11).
pub(crate) fn check_arn(body: Members<'_, '_>) -> Result<(), ApiError> {
    body.text("StreamArn").map(stream_arn).transpose().map(drop)
}

/// A stream's ARN.
///
/// # Errors
/// `Validation` for any other text.
pub(crate) fn stream_arn(text: &str) -> Result<StreamArn, ApiError> {
    StreamArn::parse(text).ok_or_else(|| ApiError::Validation("Invalid StreamArn".to_owned()))
}

impl Members<'_, '_> {
    /// `Limit`, whose most the model does not say though the service refuses more (API reference
    /// of each operation; ScyllaDB test_streams.py, test_get_records_too_high_limit; 2026-11).
    pub(crate) fn limit(self, max: u64) -> Result<Option<u64>, ApiError> {
        match self.count("Limit") {
            Some(limit) if limit > max => Err(ApiError::Validation(format!(
                "1 validation error detected: Value '{limit}' at 'limit' failed to satisfy \
                 constraint: Member must have value less than or equal to {max}"
            ))),
            limit => Ok(limit),
        }
    }
}
