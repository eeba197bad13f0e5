//! Short ways to write items, placeholders and expressions.

#![allow(dead_code, reason = "every test file uses some of it")]

use std::collections::BTreeMap;

use model::{ApiError, AttributeMap, AttributeValue, Item, Number, Operand};
use stator_expr::{Condition, ConditionKind, KeyCondition, Projection, Resolver, Update};

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn n(text: &str) -> AttributeValue {
    AttributeValue::N(number(text))
}

pub(crate) fn b(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(bytes.to_vec())
}

pub(crate) fn ss<const N: usize>(texts: [&str; N]) -> AttributeValue {
    AttributeValue::Ss(texts.map(str::to_owned).into())
}

pub(crate) fn ns<const N: usize>(texts: [&str; N]) -> AttributeValue {
    AttributeValue::Ns(texts.map(number).into())
}

pub(crate) fn bs<const N: usize>(texts: [&[u8]; N]) -> AttributeValue {
    AttributeValue::Bs(texts.map(<[u8]>::to_vec).into())
}

pub(crate) fn l<const N: usize>(values: [AttributeValue; N]) -> AttributeValue {
    AttributeValue::L(values.into())
}

pub(crate) fn m<const N: usize>(entries: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(map(entries))
}

pub(crate) fn map<const N: usize>(entries: [(&str, AttributeValue); N]) -> AttributeMap {
    entries.map(|(name, value)| (name.to_owned(), value)).into()
}

pub(crate) fn item<const N: usize>(entries: [(&str, AttributeValue); N]) -> Item {
    Item::encode(&map(entries))
}

fn number(text: &str) -> Number {
    Number::parse(text).expect(text)
}

/// Values by placeholder; `None` when there is none, as a request would have it.
pub(crate) fn values(entries: &[(&str, AttributeValue)]) -> Option<BTreeMap<String, Operand>> {
    let map: BTreeMap<String, Operand> =
        entries.iter().map(|(name, value)| ((*name).to_owned(), Operand::new(value))).collect();
    (!map.is_empty()).then_some(map)
}

/// Names by placeholder; `None` when there is none.
pub(crate) fn names(entries: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    let map: BTreeMap<String, String> =
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    (!map.is_empty()).then_some(map)
}

pub(crate) fn condition(
    text: &str,
    given: &[(&str, AttributeValue)],
) -> Result<Condition, ApiError> {
    resolver(given).condition(ConditionKind::Condition, text)
}

pub(crate) fn key_condition(
    text: &str,
    given: &[(&str, AttributeValue)],
) -> Result<KeyCondition, ApiError> {
    resolver(given).key_condition(text)
}

pub(crate) fn update(text: &str, given: &[(&str, AttributeValue)]) -> Result<Update, ApiError> {
    resolver(given).update(text)
}

pub(crate) fn projection(text: &str) -> Result<Projection, ApiError> {
    resolver(&[]).projection(text)
}

fn resolver(given: &[(&str, AttributeValue)]) -> Resolver {
    Resolver::new(None, values(given)).expect("placeholders are well formed")
}

/// The message of a validation error.
pub(crate) fn message<T: std::fmt::Debug>(result: Result<T, ApiError>) -> String {
    match result {
        Err(ApiError::Validation(message)) => message,
        other => panic!("not a validation error: {other:?}"),
    }
}
