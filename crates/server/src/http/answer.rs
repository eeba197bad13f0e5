//! Answers with the headers that DynamoDB puts on each of them.

use bytes::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SERVER};
use hyper::{Response, StatusCode};
use model::ApiError;
use wire::{ErrorBody, Text};

use super::accept::{Encoding, accepted};
use super::content::{AnswerBody, Content, MeasuredText};
use super::pack::{is_worth_packing, pack_pieces, packed};
use super::{RequestId, head};
use crate::metrics;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");

/// A status and a body that still lack their headers.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// What the body is.
    pub(crate) content_type: ContentType,
    /// How the body is compressed, if it is.
    pub(crate) encoding: Option<Encoding>,
    /// The body.
    pub(crate) body: Content,
}

/// What an answer's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// The JSON of DynamoDB's protocol.
    Json,
    /// Any other JSON.
    PlainJson,
    /// Plain text.
    Text,
    /// What Prometheus reads.
    Metrics,
    /// Not said.
    Unsaid,
}

impl Answer {
    /// An operation's answer.
    pub(crate) async fn json(body: Text, asked: &HeaderMap) -> Self {
        Self::said(StatusCode::OK, body, asked).await
    }

    /// An operation's failure, and the bytes that say so.
    pub(crate) async fn error(error: &ApiError, body: Text, asked: &HeaderMap) -> Self {
        let status = StatusCode::from_u16(ErrorBody::of(error).status)
            .expect("the envelope's statuses are HTTP's: its tests say so");
        Self::said(status, body, asked).await
    }

    /// The endpoint's reply to a health check, final blank included; it says the name it was asked
    /// by. `curl` against `dynamodb.us-east-1.amazonaws.com`, shown in Istio's documentation of
    /// external services; ScyllaDB test_health.py (read 2026-11-23).
    pub(crate) fn healthy(host: &str) -> Self {
        Self::plain(StatusCode::OK, ContentType::Text, format!("healthy: {host} "))
    }

    /// The reply to what is no operation at all. DynamoDB serves a page of "Page Not Found" to
    /// other content types (rusoto/rusoto#215, 2016-04-09); the body here is that of its sister
    /// services.
    pub(crate) fn not_found() -> Self {
        let body = &b"<UnknownOperationException/>\n"[..];
        Self::plain(StatusCode::NOT_FOUND, ContentType::Unsaid, body)
    }

    /// The reply to bytes that are no request of HTTP.
    pub(crate) fn malformed() -> Self {
        let body = "What came is not a request of HTTP/1.1.\n";
        Self::plain(StatusCode::BAD_REQUEST, ContentType::Text, body)
    }

    /// The reply to a request that does not say, or says twice, which host it is for.
    pub(crate) fn no_host() -> Self {
        let body = "A request names its host, once, in a Host header.\n";
        Self::plain(StatusCode::BAD_REQUEST, ContentType::Text, body)
    }

    /// The reply to a web page that reached this endpoint by a name of its own.
    pub(crate) fn unknown_host() -> Self {
        let body = "Web pages reach this endpoint by its address, as localhost, or by a name that \
                    it was started with (--host).\n";
        Self::plain(StatusCode::FORBIDDEN, ContentType::Text, body)
    }

    /// The reply to a head that was not even read to its end.
    pub(crate) fn head_endless() -> Self {
        let body =
            format!("The head of a request has at most {} bytes, in 100 lines.\n", head::BYTES_MAX);
        Self::plain(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, ContentType::Text, body)
    }

    /// The reply to a request whose head is longer than any may be.
    pub(crate) fn head_too_large() -> Self {
        let body = format!("The head of a request has at most {} bytes.\n", head::BYTES_MAX);
        Self::plain(StatusCode::BAD_REQUEST, ContentType::Text, body)
    }

    /// Compresses the body, if it is worth it and the request with these headers asks for it.
    pub(crate) async fn packed_for(self, asked: &HeaderMap) -> Self {
        let body = match &self.body {
            Content::Whole(body) if is_worth_packing(body) => body.clone(),
            _ => return self,
        };
        let Some(encoding) = accepted(asked) else { return self };
        let body = Content::Whole(packed(body, encoding).await);
        Self { encoding: Some(encoding), body, ..self }
    }

    /// What is said in JSON to a request with these headers: a long text compressed, or measured.
    async fn said(status: StatusCode, text: Text, asked: &HeaderMap) -> Self {
        let content_type = ContentType::Json;
        let text = match text.finish() {
            Ok(body) => return Self::plain(status, content_type, body).packed_for(asked).await,
            Err(text) => text,
        };
        let encoding = accepted(asked);
        let body = match encoding {
            Some(encoding) => Content::Whole(pack_pieces(text, encoding).await),
            None => Content::Long(MeasuredText::new(text).await),
        };
        Self { status, content_type, encoding, body }
    }

    /// Adds request id, checksum and the rest. The values are those DynamoDB sends: `Server`,
    /// `application/x-amz-json-1.0` and a checksum in decimal (boto3's response metadata, seen in
    /// many public logs, 2018 to 2024). The checksum is of the bytes as they are sent, compressed
    /// or not: so say the SDKs that verify it (botocore's `retryhandler.py`, aws-sdk-go-v2's
    /// `service/dynamodb/internal/customizations`, `calculateCrc32FromCompressedData` of Java's;
    /// read 2026-11-23). hyper adds length and date. The headers of the request have been read, and
    /// leave their room to the answer's.
    pub(crate) fn into_response(self, id: &RequestId, asked: HeaderMap) -> Response<AnswerBody> {
        let checksum = self.body.checksum();
        let mut response = Response::new(self.body.into());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        *headers = asked;
        headers.clear();
        headers.insert(SERVER, HeaderValue::from_static("Server"));
        if let Some(content_type) = self.content_type.header() {
            headers.insert(CONTENT_TYPE, content_type);
        }
        if let Some(encoding) = self.encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        headers.insert(REQUEST_ID, id.header());
        headers.insert(CRC32, HeaderValue::from(checksum));
        response
    }

    /// An answer that is not compressed yet.
    pub(crate) fn plain(
        status: StatusCode,
        content_type: ContentType,
        body: impl Into<Bytes>,
    ) -> Self {
        Self { status, content_type, encoding: None, body: Content::Whole(body.into()) }
    }
}

impl ContentType {
    fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Json => Some(HeaderValue::from_static("application/x-amz-json-1.0")),
            Self::PlainJson => Some(HeaderValue::from_static("application/json")),
            Self::Text => Some(HeaderValue::from_static("text/plain")),
            Self::Metrics => Some(HeaderValue::from_static(metrics::CONTENT_TYPE)),
            Self::Unsaid => None,
        }
    }
}
