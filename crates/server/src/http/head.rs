//! What the head of a request says: operation, signature, encoding.

use auth::Claim;
use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HOST, HeaderName, HeaderValue, ORIGIN,
};
use hyper::http::request::Parts;
use hyper::{Method, Version};
use model::ApiError;
use wire::OperationName;

use super::{Packing, host};

static TARGET: HeaderName = HeaderName::from_static("x-amz-target");
static AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
static FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
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
    /// What only browsers say.
    origin: Option<&'a HeaderValue>,
    fetch_site: Option<&'a HeaderValue>,
    /// Whether there are several hosts, or several encodings.
    is_ambiguous: Ambiguous,
}

/// What a head has more than once of what it must have but once.
#[derive(Debug, Clone, Copy, Default)]
struct Ambiguous {
    host: bool,
    encoding: bool,
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
            origin: None,
            fetch_site: None,
            is_ambiguous: Ambiguous::default(),
        };
        for (name, value) in &parts.headers {
            head.header_bytes += name.as_str().len() + value.len();
            match head.place(name) {
                Some(place @ None) => *place = Some(value),
                Some(_) => head.is_ambiguous.again(name),
                None => {}
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
            _ if *name == ORIGIN => Some(&mut self.origin),
            _ if *name == FETCH_SITE => Some(&mut self.fetch_site),
            _ => None,
        }
    }

    /// Whether it is longer than AWS takes.
    pub(crate) fn is_too_large(&self) -> bool {
        let line = self.parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
        line.max(self.header_bytes) > BYTES_MAX
    }

    /// Whether it names the host that it is for as HTTP asks (RFC 9112, section 3.2): once, and from
    /// version 1.1 on always.
    pub(crate) fn names_host(&self) -> bool {
        match self.host {
            Some(_) if self.is_ambiguous.host => false,
            Some(host) => host::is_well_formed(host.as_bytes()),
            None => self.parts.version < Version::HTTP_11,
        }
    }

    /// Whether a browser speaks, by what pages cannot keep it from saying.
    pub(crate) fn is_a_browsers(&self) -> bool {
        self.origin.is_some() || self.fetch_site.is_some()
    }

    /// Whether it begins a call of an operation.
    pub(crate) fn is_call(&self) -> bool {
        let is_there = self.parts.method == Method::POST && self.parts.uri.path() == "/";
        is_there && self.speaks_json()
    }

    /// Whether the body is said to be JSON. DynamoDB turns other types away before it looks at
    /// anything else (rusoto/rusoto#215, 2016-04-09: `application/x-amz-json-1.1`).
    fn speaks_json(&self) -> bool {
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
    ///
    /// # Errors
    /// [`ApiError::Serialization`] if it is packed more than once, or not in words.
    pub(crate) fn encoding(&self) -> Result<Option<&'a str>, ApiError> {
        let Some(value) = self.content_encoding else { return Ok(None) };
        let encoding = value.to_str().ok();
        encoding
            .filter(|text| !self.is_ambiguous.encoding && !text.contains(','))
            .map(Some)
            .ok_or(ApiError::Serialization("A body has one Content-Encoding at most".to_owned()))
    }

    /// Whether the body will grow when it is unpacked.
    pub(crate) fn packing(&self) -> Packing {
        match self.content_encoding {
            Some(_) => Packing::Packed,
            None => Packing::Plain,
        }
    }
}

impl Ambiguous {
    fn again(&mut self, name: &HeaderName) {
        match name {
            _ if *name == HOST => self.host = true,
            _ if *name == CONTENT_ENCODING => self.encoding = true,
            _ => {}
        }
    }
}

/// A header's value; absent if it is not plain ASCII.
fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value.and_then(|value| value.to_str().ok())
}
