//! Who is calling: request signatures.
//!
//! What it is: the presence and form of a Signature Version 4, in the `Authorization` header or in
//! presigned query parameters, checked as DynamoDB checks them, and the [`Caller`] they name.
//!
//! What it is not: it opens no socket and no store. **The secret is not verified yet**: whoever can
//! reach the port may act as any access key. What needs the secret or a clock (the signature
//! itself, its age, its date against the credential's, the signed headers) comes with verification;
//! IAM policies come after that.
//!
//! Flow: [`authenticate`] takes the [`Claim`] out of a request → `header` or `query` takes it apart
//! → `credential` checks the pieces they share → [`Caller`].

mod credential;
mod header;
mod query;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use model::ApiError;

/// What a request says about who sent it, as it stands on the wire.
#[derive(Debug, Clone, Copy, Default)]
pub struct Claim<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The `X-Amz-Date` header.
    pub amz_date: Option<&'a str>,
    /// The `Date` header.
    pub date: Option<&'a str>,
    /// The query string without its question mark, percent-encoded; empty if there is none.
    pub query: &'a str,
}

/// Who sent the request, by their own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller<'a> {
    /// Names the secret the request was signed with.
    pub access_key_id: Cow<'a, str>,
    /// The region the request was signed for; it selects the tables the caller sees.
    pub region: Cow<'a, str>,
}

impl Caller<'_> {
    /// The account that the access key names: an id of twelve digits is one, so that several
    /// accounts can be told apart while no identities are kept.
    pub fn account(&self) -> Option<&str> {
        let id = &*self.access_key_id;
        (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
    }
}

/// Checks the form of the request's signature and says who sent it.
///
/// # Errors
/// In the order DynamoDB checks: [`ApiError::InvalidSignature`] for a signature in two places,
/// [`ApiError::MissingAuthenticationToken`] for none, [`ApiError::IncompleteSignature`] for one
/// with parts missing or malformed, [`ApiError::InvalidSignature`] for one meant for another
/// service.
pub fn authenticate(claim: Claim<'_>) -> Result<Caller<'_>, ApiError> {
    match (claim.authorization, query::is_presigned(claim.query)) {
        (Some(_), true) => Err(ApiError::InvalidSignature(
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP \
             header."
                .to_owned(),
        )),
        // The error page of the developer guide calls this MissingAuthenticationTokenException
        // (read 2026-11-23).
        (None, false) => Err(ApiError::MissingAuthenticationToken(
            "Request is missing Authentication Token".to_owned(),
        )),
        (Some(authorization), false) => header::caller(authorization, claim),
        (None, true) => query::caller(claim.query),
    }
}

/// An [`ApiError::IncompleteSignature`].
fn incomplete(message: impl Into<String>) -> ApiError {
    ApiError::IncompleteSignature(message.into())
}
