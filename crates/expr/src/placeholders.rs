//! One request's expression attribute names and values, and which of them were used.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use model::{ApiError, Operand};

use crate::fault::Fault;
use crate::syntax::is_placeholder;

/// Longest placeholder, sigil included, in bytes (developer guide, "Expression parameters", 2026-11).
const PLACEHOLDER_BYTES_MAX: usize = 255;
/// Most bytes of all placeholders and what they stand for (same page; the words are those of AWS's
/// DAX clients, `RequestValidator.js`, 2026-11).
const PLACEHOLDERS_BYTES_MAX: usize = 2 << 20;

/// Names and values by placeholder.
#[derive(Debug)]
pub(crate) struct Placeholders {
    names: Given<Arc<str>>,
    values: Given<Operand>,
}

impl Placeholders {
    /// Checks that each map, if given, is not empty and its keys are placeholders, names before
    /// values; then that they are not too large.
    pub(crate) fn new(
        names: Option<BTreeMap<String, String>>,
        values: Option<BTreeMap<String, Operand>>,
    ) -> Result<Self, ApiError> {
        if let Some(names) = &names {
            check_keys("ExpressionAttributeNames", '#', names.keys())?;
            check_names(names)?;
        }
        if let Some(values) = &values {
            check_keys("ExpressionAttributeValues", ':', values.keys())?;
        }
        check_sizes(names.as_ref(), values.as_ref())?;
        Ok(Self { names: Given::new(names, Arc::from), values: Given::new(values, |value| value) })
    }

    /// The attribute name that `#placeholder` stands for.
    pub(crate) fn name(&self, placeholder: &str) -> Result<&Arc<str>, Fault> {
        self.names.take(placeholder).ok_or_else(|| Fault::undefined_name(placeholder))
    }

    /// The value that `:placeholder` stands for.
    pub(crate) fn value(&self, placeholder: &str) -> Result<&Operand, Fault> {
        self.values.take(placeholder).ok_or_else(|| Fault::undefined_value(placeholder))
    }

    /// Refuses names, then values, that no expression used.
    pub(crate) fn check_all_used(&self) -> Result<(), ApiError> {
        check_used("ExpressionAttributeNames", &self.names)?;
        check_used("ExpressionAttributeValues", &self.values)
    }
}

/// What stands for what, sorted by placeholder.
#[derive(Debug)]
struct Given<T> {
    entries: Vec<Entry<T>>,
}

#[derive(Debug)]
struct Entry<T> {
    placeholder: String,
    meaning: T,
    used: Cell<bool>,
}

impl<T> Given<T> {
    fn new<G>(map: Option<BTreeMap<String, G>>, meaning: impl Fn(G) -> T) -> Self {
        let Some(map) = map else { return Self { entries: Vec::new() } };
        let entries = map.into_iter().map(|(placeholder, given)| Entry {
            placeholder,
            meaning: meaning(given),
            used: Cell::new(false),
        });
        let entries: Vec<_> = entries.collect();
        debug_assert!(
            entries.is_sorted_by(|one, next| one.placeholder < next.placeholder),
            "each placeholder stands once, where a search finds it"
        );
        Self { entries }
    }

    fn take(&self, placeholder: &str) -> Option<&T> {
        let found =
            self.entries.binary_search_by(|entry| entry.placeholder.as_str().cmp(placeholder));
        let entry = &self.entries[found.ok()?];
        entry.used.set(true);
        Some(&entry.meaning)
    }

    fn unused(&self) -> impl Iterator<Item = &str> {
        let unused = self.entries.iter().filter(|entry| !entry.used.get());
        unused.map(|entry| entry.placeholder.as_str())
    }
}

fn check_keys<'a>(
    parameter: &str,
    sigil: char,
    keys: impl ExactSizeIterator<Item = &'a String>,
) -> Result<(), ApiError> {
    if keys.len() == 0 {
        return Err(ApiError::Validation(format!("{parameter} must not be empty")));
    }
    for key in keys {
        let fault = match key {
            key if key.is_empty() => {
                "The expression attribute map contains an empty key".to_owned()
            }
            key if key.len() > PLACEHOLDER_BYTES_MAX => format!(
                "The expression attribute map contains a key that is too long; size of key: {}",
                key.len()
            ),
            key if !is_placeholder(sigil, key) => format!("Syntax error; key: \"{key}\""),
            _ => continue,
        };
        let message = format!("{parameter} contains invalid key: {fault}");
        return Err(ApiError::Validation(message));
    }
    Ok(())
}

fn check_names(names: &BTreeMap<String, String>) -> Result<(), ApiError> {
    match names.iter().find(|(_, name)| name.is_empty()) {
        None => Ok(()),
        Some((placeholder, _)) => Err(ApiError::Validation(format!(
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key \
             {placeholder}"
        ))),
    }
}

fn check_sizes(
    names: Option<&BTreeMap<String, String>>,
    values: Option<&BTreeMap<String, Operand>>,
) -> Result<(), ApiError> {
    let names = names.into_iter().flatten().map(|(key, name)| key.len() + name.len());
    let values =
        values.into_iter().flatten().map(|(key, value)| key.len() + value.measure().item_bytes);
    let (names, values): (usize, usize) = (names.sum(), values.sum());
    for (bytes, message) in [
        (names, "ExpressionAttributeNames exceeds max size"),
        (values, "ExpressionAttributeValues exceeds max size"),
        (
            names + values,
            "Combined size of ExpressionAttributeNames and ExpressionAttributeValues exceeds max \
             size",
        ),
    ] {
        if bytes > PLACEHOLDERS_BYTES_MAX {
            return Err(ApiError::Validation(message.to_owned()));
        }
    }
    Ok(())
}

fn check_used<T>(parameter: &str, given: &Given<T>) -> Result<(), ApiError> {
    if given.unused().next().is_none() {
        return Ok(());
    }
    let keys = given.unused().collect::<Vec<_>>().join(", ");
    let message = format!("Value provided in {parameter} unused in expressions: keys: {{{keys}}}");
    Err(ApiError::Validation(message))
}
