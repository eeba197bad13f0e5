//! Web pages that may call from a browser: cross-origin resource sharing, opted into by origin.
//!
//! Without it a browser keeps pages of other origins from reading answers, and, as DynamoDB's
//! content type needs a preflight, from calling at all. What a preflight asks for is granted as it
//! stands, as DynamoDB does (ScyllaDB's `test_cors.py`, run against AWS, read 2026-11-23): whoever
//! may call is told by the signature, not by the page.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::http::request::Parts;
use hyper::{Method, Response};

use crate::http::AnswerBody;

/// What a page may read of an answer besides its body: SDKs look at these.
const EXPOSED: HeaderValue = HeaderValue::from_static("x-amzn-requestid, x-amz-crc32");
/// How long a browser may remember a preflight's answer, in seconds: DynamoDB's two days, of which
/// browsers use the part they like.
const MAX_AGE: HeaderValue = HeaderValue::from_static("172800");
/// What a browser asks before a public page may reach an address on the user's own machine.
const REQUEST_PRIVATE: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The origins whose pages may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// `None`: all.
    origins: Option<Vec<HeaderValue>>,
}

/// A text that is not an origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is not an origin: it is a scheme, a host and perhaps a port, as in \
     https://app.example:8443, without a path; or * for every page"
)]
pub struct NotAnOrigin(String);

impl Cors {
    /// Pages of these origins: `https://app.example`, as browsers say it, or `*` for all.
    ///
    /// # Errors
    /// [`NotAnOrigin`] names the first that is none.
    pub fn new<O: AsRef<str>>(origins: impl IntoIterator<Item = O>) -> Result<Self, NotAnOrigin> {
        let mut named = Vec::new();
        let mut any = false;
        for origin in origins {
            match origin.as_ref() {
                "*" => any = true,
                origin => named.push(parse(origin)?),
            }
        }
        Ok(Self { origins: (!any).then_some(named) })
    }

    /// The answer to a browser that asks whether a page may call; `None` if this is no such
    /// question, or the page may not.
    pub(crate) fn preflight(&self, head: &Parts) -> Option<Response<AnswerBody>> {
        if head.method != Method::OPTIONS {
            return None;
        }
        let asked = &head.headers;
        self.allowed(asked)?;
        let mut response = Response::new(AnswerBody::empty());
        let granted = response.headers_mut();
        for (question, answer) in [
            (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
            (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
            (REQUEST_PRIVATE, ALLOW_PRIVATE),
        ] {
            if let Some(wish) = asked.get(question) {
                granted.insert(answer, wish.clone());
            }
        }
        granted.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        Some(response)
    }

    /// What every answer to a request with these headers says to a browser.
    pub(crate) fn mark(&self, asked: Option<HeaderValue>, answer: &mut HeaderMap) {
        if self.origins.is_some() {
            // Nobody may keep an answer for one page and show it to another.
            answer.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = asked {
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    /// What stands for the request's origin in the answer, if pages of it may call.
    pub(crate) fn allowed(&self, asked: &HeaderMap) -> Option<HeaderValue> {
        let origin = asked.get(ORIGIN)?;
        match &self.origins {
            None => Some(HeaderValue::from_static("*")),
            Some(origins) => origins.contains(origin).then(|| origin.clone()),
        }
    }
}

/// Browsers write scheme and host in lower case and leave a default port out.
fn parse(text: &str) -> Result<HeaderValue, NotAnOrigin> {
    let not_an_origin = || NotAnOrigin(text.to_owned());
    let origin = text.to_ascii_lowercase();
    let (scheme, host) = origin.split_once("://").ok_or_else(not_an_origin)?;
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"/?#@,*".contains(&byte);
    if scheme.is_empty() || host.is_empty() || !origin.replace("://", "").bytes().all(plain) {
        return Err(not_an_origin());
    }
    HeaderValue::try_from(&origin).map_err(|_| not_an_origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_told_from_other_texts() {
        for origin in ["https://app.example", "http://localhost:3000", "https://[::1]:8443"] {
            assert!(Cors::new([origin]).is_ok(), "{origin}");
        }
        for other in
            ["", "app.example", "https://", "://x", "https://x/", "https://*.x", "https://a b"]
        {
            assert_eq!(Cors::new([other]), Err(NotAnOrigin(other.to_owned())), "{other}");
        }
    }

    #[test]
    fn an_origin_is_allowed_as_a_browser_writes_it() {
        let cors = Cors::new(["https://App.Example"]).unwrap();
        let asked = |origin: &'static str| {
            HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))])
        };
        assert_eq!(cors.allowed(&asked("https://app.example")).unwrap(), "https://app.example");
        assert_eq!(cors.allowed(&asked("https://app.example.evil")), None);
        assert_eq!(cors.allowed(&asked("http://app.example")), None);
        assert_eq!(cors.allowed(&HeaderMap::new()), None);
        let all = Cors::new(["*"]).unwrap();
        assert_eq!(all.allowed(&asked("https://whoever")).unwrap(), "*");
    }
}
