//! Words for the errors that several operations share.

use model::ApiError;
use store::StoreError;

/// The prefix of most semantic refusals.
const INVALID: &str = "One or more parameter values were invalid: ";

pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::Validation(message.into())
}

/// "One or more parameter values were invalid: …"
pub(crate) fn invalid(detail: impl AsRef<str>) -> ApiError {
    ApiError::Validation([INVALID, detail.as_ref()].concat())
}

/// "Attempt to change a resource which is still in use: …"
pub(crate) fn in_use(detail: impl AsRef<str>) -> ApiError {
    let words = "Attempt to change a resource which is still in use: ";
    ApiError::ResourceInUse([words, detail.as_ref()].concat())
}

/// "Subscriber limit exceeded: …"
pub(crate) fn limit_exceeded(detail: impl AsRef<str>) -> ApiError {
    ApiError::LimitExceeded(["Subscriber limit exceeded: ", detail.as_ref()].concat())
}

/// A data operation met no such table.
pub(crate) fn table_missing() -> ApiError {
    ApiError::ResourceNotFound("Requested resource not found".into())
}

/// A control operation met no such table.
pub(crate) fn named_table_missing(name: &str) -> ApiError {
    ApiError::ResourceNotFound(format!("Requested resource not found: Table: {name} not found"))
}

/// An operation on tags or policies met no such table or stream.
pub(crate) fn resource_missing(arn: &str) -> ApiError {
    ApiError::ResourceNotFound(format!(
        "Requested resource not found: ResourceArn: {arn} not found"
    ))
}

/// A read met no such index: a ValidationException, not ResourceNotFound (test_gsi.py, 2026-11).
pub(crate) fn index_missing(name: &str) -> ApiError {
    validation(format!("The table does not have the specified index: {name}"))
}

/// What the client hears when the store fails: nothing but that; the log has the rest.
pub(crate) fn store_failed(error: StoreError) -> ApiError {
    match error {
        // The store has said why, once.
        StoreError::ReadOnly { .. } => tracing::debug!(%error, "a write was refused"),
        _ => tracing::error!(%error, "the store failed"),
    }
    ApiError::InternalServerError
}
