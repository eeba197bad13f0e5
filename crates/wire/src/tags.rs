//! Tags on the wire.
//!
//! The service refuses malformed tags in words of its own, whatever the model says of their shapes.
//! Evidence for words, characters and lengths: ack-api-quirks for DynamoDB, recorded against AWS,
//! DDB-TABLE-107, DDB-TABLE-110 and DDB-TABLE-372; ScyllaDB test_tag.py; 2026-11.

use std::collections::BTreeSet;

use model::{ApiError, limits};

use crate::encode::{ObjectWriter, write_array};
use crate::json::{Json, Members};

/// Most characters of a tag's key.
const KEY_CHARACTERS_MAX: usize = 128;
/// Most characters of a tag's value.
const VALUE_CHARACTERS_MAX: usize = 256;
/// What keys begin with that only AWS itself may set.
const RESERVED_PREFIX: &str = "aws:";

/// The tags of a request; none when it has none.
///
/// # Errors
/// `Validation` for a malformed tag, a key that comes twice, and more tags than any table may have.
pub(crate) fn read(body: Members<'_, '_>) -> Result<Vec<(String, String)>, ApiError> {
    let tags = body.elements("Tags");
    let tags: Vec<_> = tags.iter().map(|tag| read_tag(tag.members())).collect::<Result<_, _>>()?;
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
pub(crate) fn read_keys(body: Members<'_, '_>) -> Result<Vec<String>, ApiError> {
    let keys = body.elements("TagKeys").iter().map(Json::text);
    let keys: Vec<_> = keys.map(read_key).collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return refused("Atleast one Tag Key needs to be provided as Input.");
    }
    check_number(keys.len())?;
    Ok(keys)
}

/// Writes tags as an array.
pub(crate) fn write(out: &mut Vec<u8>, tags: &[(String, String)]) {
    write_array(out, tags, |out, (key, value)| {
        let mut object = ObjectWriter::open(out);
        object.string("Key", key);
        object.string("Value", value);
        object.close();
    });
}

fn read_tag(tag: Members<'_, '_>) -> Result<(String, String), ApiError> {
    let key = read_key(tag.text("Key"))?;
    if key.starts_with(RESERVED_PREFIX) {
        return refused(format!("Tag Key cannot be prefixed with {RESERVED_PREFIX}, Key: {key}"));
    }
    match tag.text("Value") {
        Some(value) if is_valid(value, VALUE_CHARACTERS_MAX) => Ok((key, value.to_owned())),
        value => refused(format!(
            "The Tag Value provided is invalid, Value: {}",
            value.unwrap_or("null")
        )),
    }
}

fn read_key(key: Option<&str>) -> Result<String, ApiError> {
    match key {
        Some(key) if !key.is_empty() && is_valid(key, KEY_CHARACTERS_MAX) => Ok(key.to_owned()),
        key => refused(format!("The Tag Key provided is invalid, Key: {}", key.unwrap_or("null"))),
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
