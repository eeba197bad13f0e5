//! Signed calls of DynamoDB's operations, over HTTP or HTTPS.

use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::endpoint::Endpoint;

/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// The errors that say: later.
const THROTTLED: [&str; 4] = [
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];

/// A server as its clients see it. A clone shares the connections.
#[derive(Debug, Clone)]
pub(super) struct Client {
    http: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    region: String,
    credentials: Credentials,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// No answer. There may be one later.
    #[error("{0}")]
    Unanswered(String),
    /// The server is busy or broken. That may pass.
    #[error("the server says {0}")]
    Busy(String),
    /// The server said no: the error's name, and its words.
    #[error("{kind}: {message}")]
    Refused { kind: String, message: String },
    /// Whatever answered, it is not DynamoDB.
    #[error("the answer is not DynamoDB's: {0}")]
    Foreign(String),
}

impl CallError {
    /// Whether the same call may succeed later.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unanswered(_) | Self::Busy(_))
    }

    /// Whether it is this error of DynamoDB's.
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Refused { kind, .. } if kind == name)
    }
}

impl Client {
    /// A client that has not connected yet.
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self {
            http: legacy::Client::builder(TokioExecutor::new()).build(endpoint.connector),
            uri: endpoint.uri,
            region: endpoint.region,
            credentials: endpoint.credentials,
        }
    }

    /// Calls an operation, named with its API's version: `DynamoDB_20120810.DescribeTable`.
    ///
    /// # Errors
    /// [`CallError`].
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        target: &'static str,
        input: &Value,
    ) -> Result<T, CallError> {
        let request = self.request(target, input).map_err(foreign)?;
        let exchange = async {
            let answer = self.http.request(request).await.map_err(|error| unanswered(&error))?;
            read(answer).await
        };
        match tokio::time::timeout(ANSWER_MAX, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(CallError::Unanswered("no answer in time".to_owned())),
        }
    }

    fn request(&self, target: &str, input: &Value) -> anyhow::Result<Request<Full<Bytes>>> {
        let body = Bytes::from(input.to_string());
        let authority = self.uri.authority().context("the URL has no host")?;
        let headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("host", authority.as_str()),
            ("x-amz-target", target),
        ];
        let mut request = Request::post(&self.uri);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Full::new(body.clone()))?;
        let identity = self.credentials.clone().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("dynamodb")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signable = SignableRequest::new(
            "POST",
            self.uri.to_string(),
            headers.into_iter(),
            SignableBody::Bytes(&body),
        )?;
        let (signature, _) = sign(signable, &parameters)?.into_parts();
        signature.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// What every error of DynamoDB's says.
#[derive(Debug, Deserialize)]
struct ErrorBody {
    #[serde(rename = "__type")]
    kind: String,
    #[serde(alias = "Message", default)]
    message: String,
}

async fn read<T: DeserializeOwned>(
    answer: Response<hyper::body::Incoming>,
) -> Result<T, CallError> {
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(|error| unanswered(&error))?.to_bytes();
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(foreign);
    }
    if status.is_server_error() {
        return Err(CallError::Busy(status.to_string()));
    }
    let Ok(ErrorBody { kind, message }) = serde_json::from_slice(&body) else {
        return Err(CallError::Foreign(status.to_string()));
    };
    let kind = kind.rsplit('#').next().unwrap_or_default().to_owned();
    match THROTTLED.contains(&kind.as_str()) {
        true => Err(CallError::Busy(kind)),
        false => Err(CallError::Refused { kind, message }),
    }
}

fn foreign(error: impl std::fmt::Display) -> CallError {
    CallError::Foreign(error.to_string())
}

/// The deepest reason is the one that means something: connection refused.
fn unanswered(error: &dyn std::error::Error) -> CallError {
    let mut reason = error;
    while let Some(deeper) = reason.source() {
        reason = deeper;
    }
    CallError::Unanswered(reason.to_string())
}
