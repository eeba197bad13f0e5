//! The parameters from before there were expressions, planned as expressions are.
//!
//! What it is: Expected, QueryFilter and ScanFilter become a [`Condition`](crate::Condition),
//! KeyConditions a [`KeyCondition`], AttributeUpdates an [`Update`](crate::Update), AttributesToGet
//! a [`Projection`]. Names here are attributes and never paths: `a.b` is an attribute with a point
//! in its name.
//!
//! What it is not: which parameters a request may mix is `wire`'s to say.
//!
//! The words of the refusals are the service's, as its DAX clients repeat them
//! (`amazon-dax-client`'s `RequestValidator.js` and `Converters.js`, `DaxClient`'s `Conversion.py`)
//! and as public reports quote them; the rules are those that Alternator's test_expected.py,
//! test_query_filter.py, test_key_conditions.py and test_item.py saw on AWS; all 2026-11.

mod comparison;
mod condition;
mod update;

use std::collections::HashSet;

use model::ApiError;
use model::legacy::KeyConditions;

use comparison::{checked, key_test};
pub use condition::{expected, filter};
pub use update::update;

use crate::key_condition::KeyCondition;
use crate::notation::Notation;
use crate::path::Path;
use crate::projection::Projection;

/// Plans `KeyConditions`, if they are given.
///
/// # Errors
/// `Validation`: no condition, operands that do not go with their operator, an operator that is not
/// for keys.
pub fn key_condition(conditions: Option<KeyConditions>) -> Result<Option<KeyCondition>, ApiError> {
    let Some(conditions) = conditions else { return Ok(None) };
    if conditions.is_empty() {
        return Err(ApiError::Validation("Conditions can be of length 1 or 2 only".to_owned()));
    }
    let tests = conditions
        .into_iter()
        .map(|(attribute, comparison)| Ok((attribute, key_test(checked(comparison)?)?)));
    Ok(Some(KeyCondition::new(tests.collect::<Result<_, ApiError>>()?)))
}

/// Plans `AttributesToGet`, if it is given.
///
/// # Errors
/// `Validation`: an attribute given twice.
pub fn projection(attributes: Option<Vec<String>>) -> Result<Option<Projection>, ApiError> {
    let Some(attributes) = attributes else { return Ok(None) };
    if let Some(twice) = first_repetition(&attributes) {
        return Err(invalid(&format!("Duplicate value in attribute name: {twice}")));
    }
    let paths = attributes.into_iter().map(Path::from).collect();
    Ok(Some(Projection::new(paths, Notation::Legacy)))
}

/// The first name that stood before.
fn first_repetition(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::with_capacity(names.len());
    names.iter().find(|name| !seen.insert(*name))
}

/// A refusal with the usual opening.
fn invalid(words: &str) -> ApiError {
    ApiError::Validation(format!("One or more parameter values were invalid: {words}"))
}
