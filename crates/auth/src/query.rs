//! A presigned request: the signature's parts in the query string.

use std::borrow::Cow;

use model::ApiError;

use crate::{Caller, credential, incomplete};

/// The parts a presigned request must have, in the order their absence is told.
const REQUIRED: [&str; 5] =
    ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];

/// Whether the query string carries a signature, complete or not.
pub(crate) fn is_presigned(query: &str) -> bool {
    !query.is_empty() && pairs(query).any(|(name, _)| name == "X-Amz-Algorithm")
}

/// Takes the query string apart and says who sent the request.
///
/// The sentences about missing parts are those of the Signature Version 4 front end that AWS
/// services share, as scratchstack-aws-signature's documentation lists them (read 2026-11-23).
pub(crate) fn caller(query: &str) -> Result<Caller<'_>, ApiError> {
    let values = REQUIRED.map(|required| {
        pairs(query)
            .find(|(name, value)| *name == required && !value.is_empty())
            .map(|(_, value)| percent_decode(value))
    });
    let [Some(algorithm), Some(credential), Some(_), Some(_), Some(date)] = values else {
        return Err(missing(&values));
    };
    credential::check_algorithm(&algorithm)?;
    credential::check_date(&date)?;
    credential::caller(credential)
}

fn missing(values: &[Option<Cow<'_, str>>; REQUIRED.len()]) -> ApiError {
    let mut message = String::new();
    for (name, value) in REQUIRED.iter().zip(values) {
        if value.is_none() {
            message += &format!("AWS query-string parameters must include '{name}'. ");
        }
    }
    incomplete(message + "Re-examine the query-string parameters.")
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// `%2F` → `/`. What is not an escape stays as it is; broken UTF-8 becomes replacement characters.
fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, escaped(tail)) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that two hexadecimal digits at the start of `tail` stand for.
fn escaped(tail: &[u8]) -> Option<u8> {
    let digits = tail.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
