//! Attribute values: from `{"S": "…"}` to the model's tree, with the service's refusals.
//!
//! By the time a value comes here its JSON types are right and its base64 is well formed: the
//! shape's checks have seen to it, and what relies on them asserts it. What is left to refuse is
//! what a value may not be.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::limits::{ATTRIBUTE_NAME_BYTES_MAX, DOCUMENT_DEPTH_MAX};
use model::{ApiError, AttributeMap, AttributeValue, Number, NumberError};

use crate::json::{Json, Members};

/// The service's words for a value without a type. (Alternator's test_manual_requests.py expects
/// ValidationException of a value whose only type is unknown; 2026-11.)
const EMPTY: &str = "Supplied AttributeValue is empty, must contain exactly one of the \
     supported datatypes";
/// The service's words for a value with more than one type.
pub(crate) const SEVERAL_TYPES: &str = "Supplied AttributeValue has more than one datatypes set, \
     must contain exactly one of the supported datatypes";

/// A refusal in the given words.
pub(crate) fn refused(words: &str) -> ApiError {
    ApiError::Validation(words.to_owned())
}

/// Reads a map of attribute values.
pub(crate) fn attributes(map: Members<'_, '_>) -> Result<AttributeMap, ApiError> {
    map_at_depth(map, 1)
}

/// Reads one attribute value.
pub(crate) fn attribute(json: &Json<'_>) -> Result<AttributeValue, ApiError> {
    value_at_depth(json, 1)
}

/// Reads `ExclusiveStartKey`, whose refusals say so.
pub(crate) fn start_key(map: Members<'_, '_>) -> Result<AttributeMap, ApiError> {
    attributes(map).map_err(|error| {
        ApiError::Validation(format!("The provided starting key is invalid: {error}"))
    })
}

/// Reads `ExpressionAttributeValues`, whose refusals name the placeholder they are about.
pub(crate) fn expression_values(map: Members<'_, '_>) -> Result<AttributeMap, ApiError> {
    let values = map.iter().map(|(name, json)| match value_at_depth(json, 1) {
        Ok(value) => Ok((name.to_owned(), value)),
        Err(error) => Err(ApiError::Validation(format!(
            "ExpressionAttributeValues contains invalid value: {error} for key {name}"
        ))),
    });
    values.collect()
}

/// Refuses what no attribute can be called (Alternator's test_limits.py,
/// test_limit_attribute_length_nonkey_empty; 2026-11).
pub(crate) fn check_name(name: &str) -> Result<(), ApiError> {
    if name.is_empty() {
        return Err(refused("Empty attribute name"));
    }
    if name.len() > ATTRIBUTE_NAME_BYTES_MAX {
        return Err(refused("Attribute name is too large, must be less than 65536 bytes"));
    }
    Ok(())
}

fn map_at_depth(map: Members<'_, '_>, depth: usize) -> Result<AttributeMap, ApiError> {
    let attributes = map.iter().map(|(name, json)| {
        check_name(name)?;
        Ok((name.to_owned(), value_at_depth(json, depth)?))
    });
    attributes.collect()
}

fn value_at_depth(json: &Json<'_>, depth: usize) -> Result<AttributeValue, ApiError> {
    if depth > DOCUMENT_DEPTH_MAX {
        return Err(refused(
            "Nesting Levels have exceeded supported limits: \
             Attributes in the item have nested levels beyond supported limit",
        ));
    }
    let mut value = None;
    for (kind, json) in json.members().iter().filter(|(_, json)| !matches!(json, Json::Null)) {
        let Some(one) = typed_value(kind, json, depth)? else { continue };
        if value.replace(one).is_some() {
            return Err(refused(SEVERAL_TYPES));
        }
    }
    value.ok_or_else(|| refused(EMPTY))
}

/// The value under one type descriptor; `None` when the descriptor is not one, and so ignored.
fn typed_value(
    kind: &str,
    json: &Json<'_>,
    depth: usize,
) -> Result<Option<AttributeValue>, ApiError> {
    Ok(Some(match kind {
        "S" => AttributeValue::S(text(json).to_owned()),
        "N" => AttributeValue::N(number(text(json))?),
        "B" => AttributeValue::B(binary(text(json))),
        "BOOL" => AttributeValue::Bool(json.truth()),
        "NULL" if json.truth() => AttributeValue::Null,
        "NULL" => {
            return Err(invalid("Null attribute value types must have the value of true"));
        }
        "SS" => AttributeValue::Ss(string_set(json.elements())?),
        "NS" => AttributeValue::Ns(number_set(json.elements())?),
        "BS" => AttributeValue::Bs(binary_set(json.elements())?),
        "L" => {
            let elements = json.elements().iter();
            let elements = elements.map(|element| value_at_depth(element, depth + 1));
            AttributeValue::L(elements.collect::<Result<_, _>>()?)
        }
        "M" => AttributeValue::M(map_at_depth(json.members(), depth + 1)?),
        _ => return Ok(None),
    }))
}

fn text<'j>(json: &'j Json<'_>) -> &'j str {
    debug_assert!(matches!(json, Json::String(_)), "the types were checked");
    json.text().unwrap_or_default()
}

fn number(text: &str) -> Result<Number, ApiError> {
    Number::parse(text).map_err(|error| match error {
        NumberError::Malformed if text.is_empty() => {
            refused("The parameter cannot be converted to a numeric value")
        }
        NumberError::Malformed => ApiError::Validation(format!(
            "The parameter cannot be converted to a numeric value: {text}"
        )),
        outside => ApiError::Validation(outside.to_string()),
    })
}

/// Whether a text is base64 as strictly as values are read.
pub(crate) fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

fn binary(text: &str) -> Vec<u8> {
    debug_assert!(is_base64(text), "base64 was checked with the types");
    STANDARD.decode(text).unwrap_or_default()
}

fn string_set(elements: &[Json<'_>]) -> Result<BTreeSet<String>, ApiError> {
    let set: BTreeSet<_> =
        members("An string set  may not be empty", elements)?.map(str::to_owned).collect();
    if set.len() < elements.len() {
        return Err(invalid(&format!(
            "Input collection [{}] contains duplicates.",
            listed(elements)
        )));
    }
    Ok(set)
}

fn number_set(elements: &[Json<'_>]) -> Result<BTreeSet<Number>, ApiError> {
    let numbers = members("An number set  may not be empty", elements)?.map(number);
    let set = numbers.collect::<Result<BTreeSet<_>, _>>()?;
    if set.len() < elements.len() {
        // Only number sets are refused without the usual opening: dynamoose issue 79, 2016.
        return Err(refused("Input collection contains duplicates"));
    }
    Ok(set)
}

fn binary_set(elements: &[Json<'_>]) -> Result<BTreeSet<Vec<u8>>, ApiError> {
    let set: BTreeSet<_> =
        members("Binary sets should not be empty", elements)?.map(binary).collect();
    if set.len() < elements.len() {
        let listed = listed(elements);
        return Err(invalid(&format!(
            "Input collection [{listed}]of type BS contains duplicates."
        )));
    }
    Ok(set)
}

/// The texts of a set's members, of which there must be one at least, and none null. Empty strings
/// and binaries are members like others (ministack issue 1039, tried on the service, 2026-07).
fn members<'j>(
    empty: &str,
    elements: &'j [Json<'_>],
) -> Result<impl Iterator<Item = &'j str>, ApiError> {
    if elements.is_empty() {
        return Err(invalid(empty));
    }
    if elements.contains(&Json::Null) {
        return Err(invalid("A set may not have a null member"));
    }
    Ok(elements.iter().map(text))
}

fn listed(elements: &[Json<'_>]) -> String {
    elements.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// A refusal with the usual opening.
fn invalid(words: &str) -> ApiError {
    ApiError::Validation(format!("One or more parameter values were invalid: {words}"))
}
