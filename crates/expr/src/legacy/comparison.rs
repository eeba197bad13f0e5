//! Comparison operators with their operands.

use std::cmp::Ordering;

use model::legacy::{Comparison, ComparisonOperator};
use model::{ApiError, Operand};

use super::invalid;
use crate::attribute_tests::AttributeTest;
use crate::key_condition::KeyTest;
use crate::syntax::tree::Comparator;

/// Checks the operands: how many, of which types and in which order.
pub(super) fn checked(comparison: Comparison) -> Result<AttributeTest, ApiError> {
    let Comparison { operator, values } = comparison;
    if !takes_so_many(operator, values.len()) {
        let operator = operator.name();
        return Err(invalid(&format!(
            "Invalid number of argument(s) for the {operator} ComparisonOperator"
        )));
    }
    check_types(operator, &values)?;
    if let (ComparisonOperator::Between, [low, high]) = (operator, &values[..]) {
        check_bounds(low, high)?;
    }
    Ok(test(operator, values))
}

/// Whether an operator takes that many operands.
fn takes_so_many(operator: ComparisonOperator, count: usize) -> bool {
    match operator {
        ComparisonOperator::NotNull | ComparisonOperator::Null => count == 0,
        ComparisonOperator::Between => count == 2,
        ComparisonOperator::In => count > 0,
        ComparisonOperator::Equal
        | ComparisonOperator::NotEqual
        | ComparisonOperator::Less
        | ComparisonOperator::LessOrEqual
        | ComparisonOperator::Greater
        | ComparisonOperator::GreaterOrEqual
        | ComparisonOperator::BeginsWith
        | ComparisonOperator::Contains
        | ComparisonOperator::NotContains => count == 1,
    }
}

/// The test of operands that were counted and checked.
fn test(operator: ComparisonOperator, mut values: Vec<Operand>) -> AttributeTest {
    const COUNTED: &str = "the operands were counted";
    if operator == ComparisonOperator::In {
        // They are scalars of one type.
        let order = |one: &Operand, two: &Operand| one.value().compare(&two.value());
        values.sort_unstable_by(|one, two| order(one, two).unwrap_or(Ordering::Equal));
        return AttributeTest::In(values);
    }
    let second = if operator == ComparisonOperator::Between { values.pop() } else { None };
    let mut first = || values.pop().expect(COUNTED);
    match operator {
        ComparisonOperator::Equal => AttributeTest::Compare(Comparator::Equal, first()),
        ComparisonOperator::NotEqual => AttributeTest::Compare(Comparator::NotEqual, first()),
        ComparisonOperator::Less => AttributeTest::Compare(Comparator::Less, first()),
        ComparisonOperator::LessOrEqual => AttributeTest::Compare(Comparator::LessOrEqual, first()),
        ComparisonOperator::Greater => AttributeTest::Compare(Comparator::Greater, first()),
        ComparisonOperator::GreaterOrEqual => {
            AttributeTest::Compare(Comparator::GreaterOrEqual, first())
        }
        ComparisonOperator::Between => AttributeTest::Between(first(), second.expect(COUNTED)),
        ComparisonOperator::BeginsWith => AttributeTest::BeginsWith(first()),
        ComparisonOperator::Contains => AttributeTest::Contains(first()),
        ComparisonOperator::NotContains => AttributeTest::NotContains(first()),
        ComparisonOperator::NotNull => AttributeTest::Exists,
        ComparisonOperator::Null => AttributeTest::NotExists,
        ComparisonOperator::In => unreachable!("it was made before"),
    }
}

/// The test of a key attribute.
pub(super) fn key_test(test: AttributeTest) -> Result<KeyTest, ApiError> {
    Ok(match test {
        AttributeTest::Compare(Comparator::Equal, value) => KeyTest::Equal(value),
        AttributeTest::Compare(Comparator::Less, value) => KeyTest::Less(value),
        AttributeTest::Compare(Comparator::LessOrEqual, value) => KeyTest::LessOrEqual(value),
        AttributeTest::Compare(Comparator::Greater, value) => KeyTest::Greater(value),
        AttributeTest::Compare(Comparator::GreaterOrEqual, value) => KeyTest::GreaterOrEqual(value),
        AttributeTest::Between(low, high) => KeyTest::Between(low, high),
        AttributeTest::BeginsWith(prefix) => KeyTest::BeginsWith(prefix),
        AttributeTest::Compare(Comparator::NotEqual, _)
        | AttributeTest::In(_)
        | AttributeTest::Contains(_)
        | AttributeTest::NotContains(_)
        | AttributeTest::Exists
        | AttributeTest::NotExists => {
            return Err(ApiError::Validation(
                "Attempted conditional constraint is not an indexable operation".to_owned(),
            ));
        }
    })
}

/// The types that an operator takes; `None` for every type.
///
/// CONTAINS takes fewer than the function `contains` (test_expected.py, 2026-11); that it takes BOOL
/// and NULL is from the DAX clients.
fn types(operator: ComparisonOperator) -> Option<&'static [&'static str]> {
    match operator {
        ComparisonOperator::Equal
        | ComparisonOperator::NotEqual
        | ComparisonOperator::Null
        | ComparisonOperator::NotNull => None,
        ComparisonOperator::Less
        | ComparisonOperator::LessOrEqual
        | ComparisonOperator::Greater
        | ComparisonOperator::GreaterOrEqual
        | ComparisonOperator::Between
        | ComparisonOperator::In => Some(&["S", "N", "B"]),
        ComparisonOperator::BeginsWith => Some(&["S", "B"]),
        ComparisonOperator::Contains | ComparisonOperator::NotContains => {
            Some(&["S", "N", "B", "BOOL", "NULL"])
        }
    }
}

fn check_types(operator: ComparisonOperator, values: &[Operand]) -> Result<(), ApiError> {
    let Some(first) = values.first() else { return Ok(()) };
    for value in values {
        let type_name = value.type_name();
        if types(operator).is_some_and(|types| !types.contains(&type_name)) {
            return Err(invalid(&format!(
                "ComparisonOperator {} is not valid for {type_name} AttributeValue type",
                operator.name()
            )));
        }
        if type_name != first.type_name() {
            return Err(invalid("AttributeValues inside AttributeValueList must be of same type"));
        }
    }
    Ok(())
}

fn check_bounds(low: &Operand, high: &Operand) -> Result<(), ApiError> {
    match low.value().compare(&high.value()) {
        Some(order) if order.is_gt() => Err(ApiError::Validation(
            "The BETWEEN condition was provided a range where the lower bound is greater than the \
             upper bound"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}
