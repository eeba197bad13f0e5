//! Expected, QueryFilter and ScanFilter.

use std::collections::BTreeMap;

use model::ApiError;
use model::legacy::{
    Comparison, ComparisonOperator, ConditionalOperator, Conditions, Expected, ExpectedAttribute,
    Filter,
};

use super::comparison::checked;
use crate::attribute_tests::{AttributeTest, AttributeTests};
use crate::condition::{Condition, Formula};

/// Plans `Expected`; `None` where nothing is expected.
///
/// # Errors
/// `Validation`: a `ConditionalOperator` with fewer than two conditions, members that exclude each
/// other, operands that do not go with their operator.
pub fn expected(expected: Expected) -> Result<Option<Condition>, ApiError> {
    joined(expected, |attribute, expected| checked(comparison(attribute, expected)?))
}

/// Plans `QueryFilter` or `ScanFilter`; `None` where nothing is filtered.
///
/// # Errors
/// `Validation`: as [`expected`].
pub fn filter(filter: Filter) -> Result<Option<Condition>, ApiError> {
    joined(filter, |_, comparison| checked(comparison))
}

fn joined<T>(
    conditions: Conditions<T>,
    check: impl Fn(&str, T) -> Result<AttributeTest, ApiError>,
) -> Result<Option<Condition>, ApiError> {
    let Conditions { attributes, operator } = conditions;
    check_operator(operator, &attributes)?;
    if attributes.is_empty() {
        return Ok(None);
    }
    let tests = attributes.into_iter().map(|(attribute, condition)| {
        let test = check(&attribute, condition)?;
        Ok((attribute.into(), test))
    });
    let tests = tests.collect::<Result<Vec<_>, ApiError>>()?;
    let joint = operator.unwrap_or(ConditionalOperator::And);
    let formula = Formula::Attributes(AttributeTests::new(joint, tests));
    Ok(Some(Condition { formula }))
}

fn check_operator<T>(
    operator: Option<ConditionalOperator>,
    attributes: &BTreeMap<String, T>,
) -> Result<(), ApiError> {
    let fault = match (operator, attributes.len()) {
        (None, _) | (Some(_), 2..) => return Ok(()),
        (Some(_), 0) => "ConditionalOperator cannot be used without Filter or Expected",
        (Some(_), 1) => {
            "ConditionalOperator can only be used when Filter or Expected has two or more elements"
        }
    };
    Err(ApiError::Validation(fault.to_owned()))
}

/// The comparison that an attribute of `Expected` amounts to. A value beside an operator is its
/// operand, whatever the documentation says (floci-io/floci#2126, tried on AWS, 2026-08).
fn comparison(attribute: &str, expected: ExpectedAttribute) -> Result<Comparison, ApiError> {
    check_members(attribute, &expected)?;
    let ExpectedAttribute { operator, values, value, .. } = expected;
    let operator = operator.unwrap_or(match value {
        Some(_) => ComparisonOperator::Equal,
        None => ComparisonOperator::Null,
    });
    let values = values.unwrap_or_else(|| value.into_iter().collect());
    Ok(Comparison { operator, values })
}

/// Refuses members that exclude each other, and too few of them.
fn check_members(attribute: &str, expected: &ExpectedAttribute) -> Result<(), ApiError> {
    let ExpectedAttribute { operator, values, value, exists } = expected;
    let fault = match (operator, values, value, exists) {
        (Some(_), _, _, Some(_)) => "Exists and ComparisonOperator cannot be used together",
        (_, Some(_), Some(_), _) => "Value and AttributeValueList cannot be used together",
        (None, Some(_), _, _) => "AttributeValueList can only be used with a ComparisonOperator",
        (None, None, Some(_), Some(false)) => "Value cannot be used when Exists is false",
        (None, None, None, Some(true)) => "Value must be provided when Exists is true",
        (None, None, None, None) => "Value must be provided when Exists is null",
        (Some(operator), None, None, None) if takes_operands(*operator) => {
            let operator = operator.name();
            return refused(
                attribute,
                &format!(
                    "Value or AttributeValueList must be used with ComparisonOperator: {operator}"
                ),
            );
        }
        _ => return Ok(()),
    };
    refused(attribute, fault)
}

fn takes_operands(operator: ComparisonOperator) -> bool {
    !matches!(operator, ComparisonOperator::Null | ComparisonOperator::NotNull)
}

/// These refusals count themselves as the constraints' do (floci-io/floci#2125, tried on AWS,
/// 2026-08).
fn refused<T>(attribute: &str, fault: &str) -> Result<T, ApiError> {
    Err(ApiError::Validation(format!(
        "1 validation error detected: One or more parameter values were invalid: {fault} for \
         Attribute: {attribute}"
    )))
}
