//! A signature in the `Authorization` header:
//! `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.

use std::borrow::Cow;

use memchr::memchr;
use model::ApiError;

use crate::{Caller, Claim, credential, incomplete};

/// The parameters of the header that are looked at.
#[derive(Default)]
struct Parameters<'a> {
    credential: Option<&'a str>,
    signature: Option<&'a str>,
    signed_headers: Option<&'a str>,
}

/// Takes the header apart and says who sent the request.
pub(crate) fn caller<'a>(authorization: &'a str, claim: Claim<'a>) -> Result<Caller<'a>, ApiError> {
    let trimmed = authorization.trim();
    let (algorithm, rest) = split_once(trimmed, b' ').unwrap_or((trimmed, ""));
    let parameters = Parameters::parse(rest, authorization)?;
    let Some(credential) = parameters.credential.filter(|_| parameters.complete(claim)) else {
        return Err(parameters.missing(authorization, claim));
    };
    credential::check_algorithm(algorithm)?;
    if let Some(date) = claim.amz_date {
        credential::check_date(date)?;
    }
    credential::caller(Cow::Borrowed(credential))
}

impl<'a> Parameters<'a> {
    /// Commas, blanks or both separate the parameters: ScyllaDB `test_authorization.py`,
    /// `test_authorization_no_whitespace`, run against AWS (read 2026-11-23). A piece without an
    /// equal sign is refused: awslabs/fhir-works-on-aws-deployment#379 shows DynamoDB's answer to a
    /// blank inside the credential (2021-07-06).
    fn parse(rest: &'a str, authorization: &str) -> Result<Self, ApiError> {
        let mut parameters = Self::default();
        for piece in pieces(rest).filter(|piece| !piece.is_empty()) {
            let Some((name, value)) = split_once(piece, b'=') else {
                return Err(incomplete(format!(
                    "'{piece}' not a valid key=value pair (missing equal-sign) in Authorization \
                     header: '{authorization}'."
                )));
            };
            match name {
                "Credential" => parameters.credential = some(value),
                "Signature" => parameters.signature = some(value),
                "SignedHeaders" => parameters.signed_headers = some(value),
                _ => {}
            }
        }
        Ok(parameters)
    }

    fn complete(&self, claim: Claim<'_>) -> bool {
        self.credential.is_some()
            && self.signature.is_some()
            && self.signed_headers.is_some()
            && has_date(claim)
    }

    /// One sentence per missing part, then the header: aws-amplify/amplify-js#476 shows all four
    /// (2018-03-19).
    fn missing(&self, authorization: &str, claim: Claim<'_>) -> ApiError {
        let mut message = String::new();
        for (name, value) in [
            ("Credential", self.credential),
            ("Signature", self.signature),
            ("SignedHeaders", self.signed_headers),
        ] {
            if value.is_none() {
                message += &format!("Authorization header requires '{name}' parameter. ");
            }
        }
        if !has_date(claim) {
            message += "Authorization header requires existence of either a 'X-Amz-Date' or a \
                        'Date' header. ";
        }
        incomplete(format!("{message}Authorization={authorization}"))
    }
}

/// What commas and blanks separate.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    split(text, b',').flat_map(|part| split(part, b' '))
}

fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let cut = split_once(text, separator);
        rest = cut.map(|(_, behind)| behind);
        Some(cut.map_or(text, |(piece, _)| piece))
    })
}

/// What stands before the first `separator`, and what behind it.
fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = memchr(separator, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

fn has_date(claim: Claim<'_>) -> bool {
    claim.amz_date.is_some() || claim.date.is_some()
}

fn some(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}
