//! Tables as requests name them.

use model::ApiError;

use crate::json::Members;
use crate::shape::Shape;

/// Refuses a table's name that is missing or of the wrong length.
///
/// Operations on tables say so before all constraints and in words of their own, which operations
/// on items do not: "The parameter 'TableName' is required …" of DescribeTable in aws-sdk-java
/// issue 977; "TableName must be at least …" of DeleteTable in the DynamoDB scenarios of the AWS
/// SDK for JavaScript, which run against the service (2026-11).
pub(crate) fn check_name(body: Members<'_, '_>, shape: &Shape) -> Result<(), ApiError> {
    if !shape.has_member("TableName") {
        return Ok(());
    }
    let refused = |words: &str| Err(ApiError::Validation(words.to_owned()));
    match body.text("TableName") {
        None => refused("The parameter 'TableName' is required but was not present in the request"),
        Some(name) if name.starts_with("arn:") || (3..=255).contains(&name.len()) => Ok(()),
        Some(_) => {
            refused("TableName must be at least 3 characters long and at most 255 characters long")
        }
    }
}
