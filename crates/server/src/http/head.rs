//! What the head of a request says: operation, signature, encoding.

use auth::Claim;
use hyper::Request;
use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HOST, HeaderMap, HeaderName,
};
use hyper::http::request::Parts;
use model::ApiError;
use wire::OperationName;

use super::Packing;

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");

/// Longest head of a request, and longest request line: AWS refuses either beyond this with 400
/// (ScyllaDB's `test_manual_requests.py::test_too_large_request_headers`, read 2026-11-23).
pub(crate) const BYTES_MAX: usize = 16 * 1024;

/// Whether the head is longer than AWS takes.
pub(crate) fn is_too_large<B>(request: &Request<B>) -> bool {
    let line = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers = request.headers().iter();
    let headers: usize = headers.map(|(name, value)| name.as_str().len() + value.len()).sum();
    line.max(headers) > BYTES_MAX
}

/// Whether the body is said to be JSON. DynamoDB turns other types away before it looks at
/// anything else (rusoto/rusoto#215, 2016-04-09: `application/x-amz-json-1.1`).
pub(crate) fn speaks_json(headers: &HeaderMap) -> bool {
    let content_type = text(headers, &CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-amz-json-1.0")
        || essence.eq_ignore_ascii_case("application/json")
}

/// The operation that `X-Amz-Target` names.
///
/// # Errors
/// [`ApiError::UnknownOperation`] if the header is absent or names none we know.
pub(crate) fn operation(headers: &HeaderMap) -> Result<OperationName, ApiError> {
    let target = target(headers);
    OperationName::of_target(target).ok_or_else(|| {
        if let Some(operation) = OperationName::unbuilt(target) {
            tracing::info!(operation, "an operation that is not built yet was asked for");
        }
        ApiError::UnknownOperation(String::new())
    })
}

/// `X-Amz-Target` as it stands; empty if it is absent.
pub(crate) fn target(headers: &HeaderMap) -> &str {
    text(headers, &TARGET).unwrap_or_default()
}

/// What the request says about who sent it.
pub(crate) fn claim(head: &Parts) -> Claim<'_> {
    Claim {
        authorization: text(&head.headers, &AUTHORIZATION),
        amz_date: text(&head.headers, &AMZ_DATE),
        date: text(&head.headers, &DATE),
        query: head.uri.query().unwrap_or_default(),
    }
}

/// The name and port under which the client knows this endpoint.
pub(crate) fn host(headers: &HeaderMap) -> Option<&str> {
    text(headers, &HOST)
}

/// How the body is packed, if it is.
pub(crate) fn encoding(headers: &HeaderMap) -> Option<&str> {
    text(headers, &CONTENT_ENCODING)
}

/// Whether the body will grow when it is unpacked.
pub(crate) fn packing(headers: &HeaderMap) -> Packing {
    match headers.contains_key(CONTENT_ENCODING) {
        true => Packing::Packed,
        false => Packing::Plain,
    }
}

/// A header's value; absent if it is not plain ASCII.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
