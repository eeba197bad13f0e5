//! From text to tree: what is written, before anyone asks what it means.
//!
//! The grammar is the one AWS ships with its DAX clients (`DynamoDbGrammar.g4` in npm's
//! `@amazon-dax-sdk/client-dax`, 2026-11). A text is at most 4,096 bytes, groups and NOTs take no
//! stack, and functions nest at most [`FUNCTION_DEPTH_MAX`] deep, so parsing is bounded whatever
//! the input.

mod condition;
mod cursor;
mod token;
pub(crate) mod tree;
mod update;

use model::limits::{EXPRESSION_BYTES_MAX, EXPRESSION_OPERATORS_MAX};

use crate::fault::Fault;
use cursor::Cursor;

pub(crate) use token::is_placeholder;

/// Deepest nesting of functions that is followed. The only function that nests to any use is
/// `if_not_exists`, and 4,096 bytes hold fewer than 256 of it.
const FUNCTION_DEPTH_MAX: usize = 256;

/// Reads a condition, filter or key condition.
pub(crate) fn condition(text: &str) -> Result<tree::Condition<'_>, Fault> {
    whole(text, condition::condition)
}

/// Reads an update expression.
pub(crate) fn update(text: &str) -> Result<tree::Update<'_>, Fault> {
    whole(text, update::update)
}

/// Reads a projection expression.
pub(crate) fn projection(text: &str) -> Result<Vec<tree::Path<'_>>, Fault> {
    whole(text, |cursor| {
        let mut paths = vec![cursor.path()?];
        while cursor.eat(token::TokenKind::Comma) {
            paths.push(cursor.path()?);
        }
        Ok(paths)
    })
}

/// Reads a text to its end with `parse`. Size comes before syntax, syntax before operator count
/// (Alternator's test_limits.py, run against AWS, 2026-11).
fn whole<'a, T>(
    text: &'a str,
    parse: impl FnOnce(&mut Cursor<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    if text.trim_ascii().is_empty() {
        return Err(Fault::empty());
    }
    if text.len() > EXPRESSION_BYTES_MAX {
        return Err(Fault::too_long(text.len()));
    }
    let mut cursor = Cursor::new(text);
    let parsed = parse(&mut cursor)?;
    cursor.expect(token::TokenKind::End)?;
    if cursor.operators > EXPRESSION_OPERATORS_MAX {
        return Err(Fault::too_many_operators());
    }
    Ok(parsed)
}
