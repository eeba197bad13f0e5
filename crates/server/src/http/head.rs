//! What the head of a request says: operation, signature, encoding.

use auth::Claim;
use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HOST, HeaderName, HeaderValue,
};
use hyper::http::request::Parts;
use model::ApiError;
use wire::OperationName;

use super::Packing;

static TARGET: HeaderName = HeaderName::from_static("x-amz-target");
static AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
/// What SDKs call the body's type; others may follow it with parameters, or write it otherwise.
const JSON: &str = "application/x-amz-json-1.0";

/// Longest head of a request, and longest request line: AWS refuses either beyond this with 400
/// (ScyllaDB's `test_manual_requests.py::test_too_large_request_headers`, read 2026-11-23).
pub(crate) const BYTES_MAX: usize = 16 * 1024;

/// A request's head. The headers that are looked at are found in one pass through all of them, the
/// first of each name; what they say is read when it is asked for.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    pub(crate) parts: &'a Parts,
    /// Bytes of the names and values of all headers.
    header_bytes: usize,
    content_type: Option<&'a HeaderValue>,
    content_encoding: Option<&'a HeaderValue>,
    host: Option<&'a HeaderValue>,
    target: Option<&'a HeaderValue>,
    authorization: Option<&'a HeaderValue>,
    amz_date: Option<&'a HeaderValue>,
    date: Option<&'a HeaderValue>,
}

impl<'a> Head<'a> {
    pub(crate) fn new(parts: &'a Parts) -> Self {
        let mut head = Self {
            parts,
            header_bytes: 0,
            content_type: None,
            content_encoding: None,
            host: None,
            target: None,
            authorization: None,
            amz_date: None,
            date: None,
        };
        for (name, value) in &parts.headers {
            head.header_bytes += name.as_str().len() + value.len();
            if let Some(place) = head.place(name) {
                place.get_or_insert(value);
            }
        }
        head
    }

    /// Where a header is kept that is looked at.
    fn place(&mut self, name: &HeaderName) -> Option<&mut Option<&'a HeaderValue>> {
        match name {
            _ if *name == HOST => Some(&mut self.host),
            _ if *name == CONTENT_TYPE => Some(&mut self.content_type),
            _ if *name == AUTHORIZATION => Some(&mut self.authorization),
            _ if *name == CONTENT_ENCODING => Some(&mut self.content_encoding),
            _ if *name == DATE => Some(&mut self.date),
            _ if *name == TARGET => Some(&mut self.target),
            _ if *name == AMZ_DATE => Some(&mut self.amz_date),
            _ => None,
        }
    }

    /// Whether it is longer than AWS takes.
    pub(crate) fn is_too_large(&self) -> bool {
        let line = self.parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
        line.max(self.header_bytes) > BYTES_MAX
    }

    /// Whether the body is said to be JSON. DynamoDB turns other types away before it looks at
    /// anything else (rusoto/rusoto#215, 2016-04-09: `application/x-amz-json-1.1`).
    pub(crate) fn speaks_json(&self) -> bool {
        if self.content_type.is_some_and(|content_type| content_type == JSON) {
            return true;
        }
        let content_type = text(self.content_type).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(JSON) || essence.eq_ignore_ascii_case("application/json")
    }

    /// The operation that `X-Amz-Target` names.
    ///
    /// # Errors
    /// [`ApiError::UnknownOperation`] if the header is absent or names none we know.
    pub(crate) fn operation(&self) -> Result<OperationName, ApiError> {
        let target = self.target();
        OperationName::of_target(target).ok_or_else(|| {
            if let Some(operation) = OperationName::unbuilt(target) {
                tracing::info!(operation, "an operation that is not built yet was asked for");
            }
            ApiError::UnknownOperation(String::new())
        })
    }

    /// `X-Amz-Target` as it stands; empty if it is absent.
    pub(crate) fn target(&self) -> &'a str {
        text(self.target).unwrap_or_default()
    }

    /// What the request says about who sent it.
    pub(crate) fn claim(&self) -> Claim<'a> {
        Claim {
            authorization: text(self.authorization),
            amz_date: text(self.amz_date),
            date: text(self.date),
            query: self.parts.uri.query().unwrap_or_default(),
        }
    }

    /// The name and port under which the client knows this endpoint.
    pub(crate) fn host(&self) -> Option<&'a str> {
        text(self.host)
    }

    /// How the body is packed, if it is.
    pub(crate) fn encoding(&self) -> Option<&'a str> {
        text(self.content_encoding)
    }

    /// Whether the body will grow when it is unpacked.
    pub(crate) fn packing(&self) -> Packing {
        match self.content_encoding {
            Some(_) => Packing::Packed,
            None => Packing::Plain,
        }
    }
}

/// A header's value; absent if it is not plain ASCII.
fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value.and_then(|value| value.to_str().ok())
}
