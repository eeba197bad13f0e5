//! Tags as requests give them.
//!
//! The service refuses malformed tags in words of its own, whatever the model says of their shapes.
//! Evidence for words, characters and lengths: ack-api-quirks for DynamoDB, recorded against AWS,
//! DDB-TABLE-107, DDB-TABLE-110 and DDB-TABLE-372; ScyllaDB test_tag.py; 2026-11.

use std::collections::BTreeSet;

use model::api::Tag;
use model::{ApiError, limits};

/// Most characters of a tag's key.
const KEY_CHARACTERS_MAX: usize = 128;
/// Most characters of a tag's value.
const VALUE_CHARACTERS_MAX: usize = 256;
/// What keys begin with that only AWS itself may set.
const RESERVED_PREFIX: &str = "aws:";

/// The tags of a request, each key once.
///
/// # Errors
/// `Validation` for a malformed tag, a key that comes twice, and more tags than any table may have.
pub(crate) fn checked(tags: Vec<Tag>) -> Result<Vec<(String, String)>, ApiError> {
    let tags: Vec<_> = tags.into_iter().map(checked_tag).collect::<Result<_, _>>()?;
    let mut seen = BTreeSet::new();
    if let Some((twice, _)) = tags.iter().find(|(key, _)| !seen.insert(key)) {
        return refused(format!(
            "Duplicate Tag Keys provided as input: Duplicate Tag Key found {twice}"
        ));
    }
    check_number(tags.len())?;
    Ok(tags)
}

/// The keys of tags to remove.
///
/// # Errors
/// `Validation` for a malformed key, no key, and more keys than any table has tags.
pub(crate) fn checked_keys(keys: Vec<String>) -> Result<Vec<String>, ApiError> {
    let keys: Vec<_> =
        keys.into_iter().map(|key| checked_key(Some(key))).collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return refused("Atleast one Tag Key needs to be provided as Input.");
    }
    check_number(keys.len())?;
    Ok(keys)
}

fn checked_tag(tag: Tag) -> Result<(String, String), ApiError> {
    let key = checked_key(tag.key)?;
    if key.starts_with(RESERVED_PREFIX) {
        return refused(format!("Tag Key cannot be prefixed with {RESERVED_PREFIX}, Key: {key}"));
    }
    match tag.value {
        Some(value) if is_valid(&value, VALUE_CHARACTERS_MAX) => Ok((key, value)),
        value => refused(format!(
            "The Tag Value provided is invalid, Value: {}",
            value.as_deref().unwrap_or("null")
        )),
    }
}

fn checked_key(key: Option<String>) -> Result<String, ApiError> {
    match key {
        Some(key) if !key.is_empty() && is_valid(&key, KEY_CHARACTERS_MAX) => Ok(key),
        key => refused(format!(
            "The Tag Key provided is invalid, Key: {}",
            key.as_deref().unwrap_or("null")
        )),
    }
}

fn check_number(count: usize) -> Result<(), ApiError> {
    if count <= limits::TAGS_MAX { Ok(()) } else { Err(ApiError::too_many_tags()) }
}

/// Whether a key or value is short enough and made of letters, digits and spaces of any script and
/// a few signs.
fn is_valid(text: &str, characters_max: usize) -> bool {
    let is_space = |character: char| character.is_whitespace() && !character.is_control();
    let is_allowed = |character: char| {
        character.is_alphanumeric() || is_space(character) || "+-=._:/@".contains(character)
    };
    text.chars().count() <= characters_max && text.chars().all(is_allowed)
}

fn refused<T>(message: impl Into<String>) -> Result<T, ApiError> {
    Err(ApiError::Validation(message.into()))
}
