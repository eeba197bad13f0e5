//! Answers with the headers that DynamoDB puts on each of them.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::{Response, StatusCode};
use model::ApiError;
use wire::ErrorBody;

use super::RequestId;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");

/// A status and a body that still lack their headers.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// What the body is.
    pub(crate) content_type: ContentType,
    /// The body.
    pub(crate) body: Bytes,
}

/// What an answer's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// The JSON of DynamoDB's protocol.
    Json,
    /// Plain text.
    Text,
    /// Not said.
    Unsaid,
}

impl Answer {
    /// An operation's answer.
    pub(crate) fn json(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, content_type: ContentType::Json, body: body.into() }
    }

    /// An operation's failure.
    pub(crate) fn error(error: &ApiError) -> Self {
        let envelope = ErrorBody::of(error);
        let mut body = Vec::new();
        envelope.write(error, &mut body);
        let status = StatusCode::from_u16(envelope.status)
            .expect("the envelope's statuses are HTTP's: its tests say so");
        Self { status, content_type: ContentType::Json, body: body.into() }
    }

    /// The endpoint's reply to a health check, final blank included; it says the name it was asked
    /// by. `curl` against `dynamodb.us-east-1.amazonaws.com`, shown in Istio's documentation of
    /// external services; ScyllaDB test_health.py (read 2026-11-23).
    pub(crate) fn healthy(host: &str) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: ContentType::Text,
            body: format!("healthy: {host} ").into(),
        }
    }

    /// The reply to what is no operation at all. DynamoDB serves a page of "Page Not Found" to
    /// other content types (rusoto/rusoto#215, 2016-04-09); the body here is that of its sister
    /// services.
    pub(crate) fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            content_type: ContentType::Unsaid,
            body: Bytes::from_static(b"<UnknownOperationException/>\n"),
        }
    }

    /// Adds request id, checksum and the rest. The values are those DynamoDB sends: `Server`,
    /// `application/x-amz-json-1.0` and a checksum in decimal (boto3's response metadata, seen in
    /// many public logs, 2018 to 2024). hyper adds length and date.
    pub(crate) fn into_response(self, id: &RequestId) -> Response<Full<Bytes>> {
        let checksum = crc32fast::hash(&self.body);
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.reserve(4);
        headers.insert(SERVER, HeaderValue::from_static("Server"));
        if let Some(content_type) = self.content_type.header() {
            headers.insert(CONTENT_TYPE, content_type);
        }
        headers.insert(REQUEST_ID, id.header());
        headers.insert(CRC32, HeaderValue::from(checksum));
        response
    }
}

impl ContentType {
    fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Json => Some(HeaderValue::from_static("application/x-amz-json-1.0")),
            Self::Text => Some(HeaderValue::from_static("text/plain")),
            Self::Unsaid => None,
        }
    }
}
