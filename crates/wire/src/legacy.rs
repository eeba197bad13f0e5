//! Parameters from before there were expressions: no request mixes them with expressions.

use model::ApiError;

use crate::json::Members;
use crate::shape::Shape;

/// In the order in which the service lists them.
const LEGACY: [&str; 6] = [
    "AttributeUpdates",
    "AttributesToGet",
    "Expected",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator",
];

/// In the order in which the service lists them.
const EXPRESSIONS: [&str; 5] = [
    "UpdateExpression",
    "ProjectionExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
];

/// Refuses legacy parameters beside expressions.
///
/// KeyConditions may stand beside expressions other than its own successor: AWS's DAX clients
/// (`RequestValidator.js`, whose order of names this is) and Alternator's test_query.py, run against
/// AWS; 2026-11.
pub(crate) fn check_unmixed(body: Members<'_, '_>, shape: &Shape) -> Result<(), ApiError> {
    let given = |name: &&str| body.get(name).is_some() && shape.has_member(name);
    let mut legacy: Vec<&str> = LEGACY.into_iter().filter(given).collect();
    if given(&"KeyConditions") && given(&"KeyConditionExpression") {
        legacy.push("KeyConditions");
    }
    if legacy.is_empty() {
        return Ok(());
    }
    let expressions: Vec<&str> = EXPRESSIONS.into_iter().filter(given).collect();
    if expressions.is_empty() {
        return Ok(());
    }
    Err(ApiError::Validation(format!(
        "Can not use both expression and non-expression parameters in the same request: \
         Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
        legacy.join(", "),
        expressions.join(", ")
    )))
}
