//! What operands come to, and what ADD and DELETE make of a value and an operand.

use std::borrow::Cow;
use std::collections::BTreeSet;

use model::{ApiError, AttributeValue, MapRef, Number, ValueRef};

use super::super::{SetValue, ValueSource};
use super::invalid;
use crate::notation::Notation;
use crate::path::Path;
use crate::syntax::tree::Arithmetic;

impl SetValue {
    /// The value to set, from the old item.
    pub(super) fn evaluate(&self, old: MapRef<'_>) -> Result<Cow<'_, AttributeValue>, ApiError> {
        match self {
            Self::Source(source) => source.evaluate(old),
            Self::Arithmetic { operator, left, right } => {
                let (left, right) = (left.number(old)?, right.number(old)?);
                let result = match operator {
                    Arithmetic::Plus => left.add(right),
                    Arithmetic::Minus => left.subtract(right),
                };
                number_value(result).map(Cow::Owned)
            }
        }
    }
}

impl ValueSource {
    fn evaluate(&self, old: MapRef<'_>) -> Result<Cow<'_, AttributeValue>, ApiError> {
        match self {
            Self::Path(path) => existing(old, path),
            Self::Value(value) => Ok(Cow::Borrowed(value)),
            Self::IfNotExists(path, otherwise) => match path.find(old) {
                Some(value) => Ok(Cow::Owned(value.to_value())),
                None => otherwise.evaluate(old),
            },
            Self::ListAppend(first, second) => {
                let mut list = first.list(old)?;
                list.extend(second.list(old)?);
                Ok(Cow::Owned(AttributeValue::L(list)))
            }
        }
    }

    fn number(&self, old: MapRef<'_>) -> Result<Number, ApiError> {
        match self.evaluate(old)?.as_ref() {
            AttributeValue::N(number) => Ok(*number),
            _ => Err(wrong_type(Notation::Expression)),
        }
    }

    fn list(&self, old: MapRef<'_>) -> Result<Vec<AttributeValue>, ApiError> {
        match self.evaluate(old)?.into_owned() {
            AttributeValue::L(list) => Ok(list),
            _ => Err(wrong_type(Notation::Expression)),
        }
    }
}

/// ADD: the sum of two numbers, the union of two sets of one type, one list after the other (which
/// only legacy updates can ask for).
pub(super) fn added(
    existing: &ValueRef<'_>,
    operand: &AttributeValue,
    notation: Notation,
) -> Result<AttributeValue, ApiError> {
    use AttributeValue::{Bs, L, N, Ns, Ss};
    match (existing.to_value(), operand) {
        (N(existing), N(operand)) => number_value(existing.add(*operand)),
        (Ss(existing), Ss(operand)) => Ok(Ss(&existing | operand)),
        (Ns(existing), Ns(operand)) => Ok(Ns(&existing | operand)),
        (Bs(existing), Bs(operand)) => Ok(Bs(&existing | operand)),
        (L(existing), L(operand)) => Ok(L([&existing[..], operand].concat())),
        _ => Err(wrong_type(notation)),
    }
}

/// DELETE: the difference of two sets of one type; `None` when nothing is left, for there are no
/// empty sets.
pub(super) fn without(
    existing: &ValueRef<'_>,
    operand: &AttributeValue,
    notation: Notation,
) -> Result<Option<AttributeValue>, ApiError> {
    use AttributeValue::{Bs, Ns, Ss};
    match (existing.to_value(), operand) {
        (Ss(existing), Ss(operand)) => Ok(nonempty(&existing - operand).map(Ss)),
        (Ns(existing), Ns(operand)) => Ok(nonempty(&existing - operand).map(Ns)),
        (Bs(existing), Bs(operand)) => Ok(nonempty(&existing - operand).map(Bs)),
        _ => Err(wrong_type(notation)),
    }
}

fn nonempty<T>(set: BTreeSet<T>) -> Option<BTreeSet<T>> {
    (!set.is_empty()).then_some(set)
}

fn existing(old: MapRef<'_>, path: &Path) -> Result<Cow<'static, AttributeValue>, ApiError> {
    let value = path.find(old).ok_or_else(|| {
        invalid("The provided expression refers to an attribute that does not exist in the item")
    })?;
    Ok(Cow::Owned(value.to_value()))
}

fn number_value(result: Result<Number, model::NumberError>) -> Result<AttributeValue, ApiError> {
    result.map(AttributeValue::N).map_err(|error| invalid(&error.to_string()))
}

/// The refusal of an operand that does not go with the value there is. Legacy updates have words of
/// their own (API reference, TransactionCanceledException; test_item.py, 2026-11).
fn wrong_type(notation: Notation) -> ApiError {
    invalid(match notation {
        Notation::Expression => "An operand in the update expression has an incorrect data type",
        Notation::Legacy => "Type mismatch for attribute to update",
    })
}
