//! What header and query string share: the algorithm, the date and the credential.

use std::borrow::Cow;

use memchr::memchr_iter;
use model::ApiError;

use crate::{Caller, incomplete};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "dynamodb";
const TERMINATOR: &str = "aws4_request";

/// Refuses every algorithm but `AWS4-HMAC-SHA256`. The sentence is the one that
/// scratchstack-aws-signature's documentation lists (read 2026-11-23).
pub(crate) fn check_algorithm(algorithm: &str) -> Result<(), ApiError> {
    if algorithm == ALGORITHM {
        return Ok(());
    }
    Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")))
}

/// Refuses a date that is not of the form `20261123T150405Z`: umegaya/lua-aws#18 shows the answer
/// (2015-09-14).
pub(crate) fn check_date(date: &str) -> Result<(), ApiError> {
    const FORM: &[u8] = b"00000000T000000Z";
    let basic = date.len() == FORM.len()
        && date.bytes().zip(FORM).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            letter => byte == *letter,
        });
    if basic {
        return Ok(());
    }
    Err(incomplete(format!(
        "Date must be in ISO-8601 'basic format'. Got '{date}'. See \
         http://en.wikipedia.org/wiki/ISO_8601"
    )))
}

/// Takes `AKID/DATE/REGION/dynamodb/aws4_request` apart.
///
/// The number of parts: boto/boto3#1752 shows the answer (2018-10-31). Service:
/// arnemolland/sigv4#15 shows DynamoDB's (2020-06-02). Every region is served here.
pub(crate) fn caller(credential: Cow<'_, str>) -> Result<Caller<'_>, ApiError> {
    let mut slashes = memchr_iter(b'/', credential.as_bytes());
    let ends = [(); 4].map(|()| slashes.next());
    let ([Some(key_id), Some(date), Some(region), Some(service)], None) = (ends, slashes.next())
    else {
        return Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{credential}'"
        )));
    };
    let (key_id, region, service, terminator) =
        (0..key_id, date + 1..region, region + 1..service, service + 1..credential.len());
    check_scope(&credential[region.clone()], &credential[service], &credential[terminator])?;
    Ok(Caller { access_key_id: slice(&credential, key_id), region: slice(&credential, region) })
}

/// Collects what the scope gets wrong into one message, each sentence followed by a blank.
fn check_scope(region: &str, service: &str, terminator: &str) -> Result<(), ApiError> {
    let mut message = String::new();
    if !is_region(region) {
        message += "Credential should be scoped to a valid region. ";
    }
    if service != SERVICE {
        message += &format!("Credential should be scoped to correct service: '{SERVICE}'. ");
    }
    if terminator != TERMINATOR {
        message += &format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not \
             '{terminator}'. "
        );
    }
    if message.is_empty() { Ok(()) } else { Err(ApiError::InvalidSignature(message)) }
}

/// Whether a name has a region's form: small letters and digits, joined by single hyphens, and no
/// longer than a part of a host's name, which it becomes. Names that AWS has none of are regions,
/// too: `localhost`, as clients of DynamoDB Local like to say.
fn is_region(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.len() <= 63 && name.split('-').all(is_part)
}

/// A part of `text`, borrowed when `text` is.
fn slice<'a>(text: &Cow<'a, str>, range: std::ops::Range<usize>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}
