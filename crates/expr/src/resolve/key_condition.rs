//! Making a key condition of a condition: a conjunction of tests, one per attribute.
//!
//! AWS parses and checks key conditions as it does conditions; what remains is refused with
//! messages of its own, without "Invalid KeyConditionExpression: " (Alternator's
//! test_key_condition_expression.py and moto's tests marked as verified on AWS, 2026-11).

use model::{ApiError, Operand};

use crate::condition::{Condition, Formula, Term, Test};
use crate::key_condition::{KeyCondition, KeyTest};
use crate::logic::LogicStep;
use crate::lookup::Paths;
use crate::syntax::tree::Comparator;

/// The key condition that a condition amounts to.
pub(super) fn of_condition(condition: Condition) -> Result<KeyCondition, ApiError> {
    let Formula::Tests { tests: formula, paths } = condition.formula else {
        unreachable!("an expression is planned as tests")
    };
    let steps = formula.steps();
    if steps.iter().any(|step| matches!(step, LogicStep::OrElse(_))) {
        return Err(invalid_operator("OR"));
    }
    let mut tests: Vec<(String, KeyTest)> = Vec::new();
    for step in steps {
        let test = match step {
            LogicStep::Test(test) => test,
            LogicStep::Not => return Err(invalid_operator("NOT")),
            LogicStep::AndAlso(_) | LogicStep::OrElse(_) => continue,
        };
        let (attribute, test) = key_test(test, &paths)?;
        if tests.iter().any(|(tested, _)| *tested == attribute) {
            return invalid("KeyConditionExpressions must only contain one condition per key");
        }
        tests.push((attribute, test));
    }
    Ok(KeyCondition::new(tests))
}

fn key_test(test: &Test, paths: &Paths) -> Result<(String, KeyTest), ApiError> {
    match test {
        Test::Compare { comparator: Comparator::NotEqual, .. } => Err(invalid_operator("<>")),
        Test::Compare { comparator, left, right } => compare(*comparator, (left, right), paths),
        Test::Between { term, low, high } => {
            check_attribute_first("BETWEEN", term)?;
            Ok((attribute(term, paths)?, KeyTest::Between(value(low)?, value(high)?)))
        }
        Test::BeginsWith { term, prefix } => {
            check_attribute_first("begins_with", term)?;
            Ok((attribute(term, paths)?, KeyTest::BeginsWith(value(prefix)?)))
        }
        Test::In { .. } => Err(invalid_operator("IN")),
        Test::Exists(_) => Err(invalid_operator("attribute_exists")),
        Test::NotExists(_) => Err(invalid_operator("attribute_not_exists")),
        Test::HasType(..) => Err(invalid_operator("attribute_type")),
        Test::Contains { .. } => Err(invalid_operator("contains")),
    }
}

/// Either side may be the attribute: `:low <= sk` is `sk >= :low`.
fn compare(
    comparator: Comparator,
    (left, right): (&Term, &Term),
    paths: &Paths,
) -> Result<(String, KeyTest), ApiError> {
    let turned = matches!(left, Term::Value(_));
    let (left, right) = if turned { (right, left) } else { (left, right) };
    let (attribute, value) = (attribute(left, paths)?, value(right)?);
    let test = match (comparator, turned) {
        (Comparator::Less, false) | (Comparator::Greater, true) => KeyTest::Less(value),
        (Comparator::LessOrEqual, false) | (Comparator::GreaterOrEqual, true) => {
            KeyTest::LessOrEqual(value)
        }
        (Comparator::Greater, false) | (Comparator::Less, true) => KeyTest::Greater(value),
        (Comparator::GreaterOrEqual, false) | (Comparator::LessOrEqual, true) => {
            KeyTest::GreaterOrEqual(value)
        }
        (Comparator::Equal | Comparator::NotEqual, _) => KeyTest::Equal(value),
    };
    Ok((attribute, test))
}

fn check_attribute_first(operator: &str, first: &Term) -> Result<(), ApiError> {
    match first {
        Term::Value(_) => invalid(&format!(
            "Invalid condition in KeyConditionExpression: {operator} operator must have the key \
             attribute as its first operand"
        )),
        Term::Path(_) | Term::SizeOf(_) => Ok(()),
    }
}

/// The attribute that a test is about.
fn attribute(term: &Term, paths: &Paths) -> Result<String, ApiError> {
    match term {
        Term::Path(id) if paths.get(*id).steps.is_empty() => {
            Ok(paths.get(*id).attribute.to_string())
        }
        Term::Path(_) => {
            invalid("KeyConditionExpressions cannot have conditions on nested attributes")
        }
        Term::SizeOf(_) => invalid("KeyConditionExpressions cannot contain nested operations"),
        Term::Value(_) => {
            invalid("Invalid condition in KeyConditionExpression: No key attribute specified")
        }
    }
}

/// The value that it is compared with.
fn value(term: &Term) -> Result<Operand, ApiError> {
    match term {
        Term::Value(operand) => Ok(operand.clone()),
        Term::Path(_) => invalid(
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one \
             condition",
        ),
        Term::SizeOf(_) => invalid("KeyConditionExpressions cannot contain nested operations"),
    }
}

fn invalid<T>(message: &str) -> Result<T, ApiError> {
    Err(ApiError::Validation(message.to_owned()))
}

fn invalid_operator(operator: &str) -> ApiError {
    ApiError::Validation(format!("Invalid operator used in KeyConditionExpression: {operator}"))
}
