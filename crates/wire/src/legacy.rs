//! Parameters from before there were expressions.
//!
//! This version does not carry them out, and refuses them in this one place rather than ignoring
//! what a client asked for.

use model::ApiError;

use crate::json::Members;

const PARAMETERS: [&str; 7] = [
    "AttributesToGet",
    "AttributeUpdates",
    "ConditionalOperator",
    "Expected",
    "KeyConditions",
    "QueryFilter",
    "ScanFilter",
];

/// Refuses a request that uses any of them.
pub(crate) fn refuse(body: Members<'_, '_>) -> Result<(), ApiError> {
    match PARAMETERS.iter().find(|parameter| body.get(parameter).is_some()) {
        None => Ok(()),
        Some(parameter) => Err(ApiError::Validation(format!(
            "The legacy parameter {parameter} is not supported yet by this version: use expressions"
        ))),
    }
}
