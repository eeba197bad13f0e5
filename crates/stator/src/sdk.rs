//! The HTTP client of the AWS SDK for Rust, answered in this process.
//!
//! What it is: requests take the way of those that come through a socket, from the front on: the
//! same bounds on bodies, the same checks, the same metrics and log. What hyper adds to a request on
//! its way through a socket, the name of the host, is added here.
//!
//! What it is not: it knows nothing of the SDK but what an HTTP client must be, and it has no
//! connections, so the SDK's time limit on connecting has nothing to limit.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http as smithy;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http_body_util::BodyExt as _;
use hyper::header::{HOST, HeaderMap, HeaderValue};
use hyper::{Request, Uri};
use server::Front;

use crate::Engine;

/// What the AWS SDK for Rust takes as its HTTP client, from [`Stator::http_client`].
///
/// [`Stator::http_client`]: crate::Stator::http_client
#[derive(Debug, Clone)]
pub struct HttpClient {
    front: Arc<Front<Engine>>,
}

impl HttpClient {
    pub(crate) fn new(front: Arc<Front<Engine>>) -> Self {
        Self { front }
    }
}

impl smithy::HttpClient for HttpClient {
    fn http_connector(
        &self,
        settings: &smithy::HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> smithy::SharedHttpConnector {
        let front = Arc::clone(&self.front);
        smithy::SharedHttpConnector::new(Connector { front, read_timeout: settings.read_timeout() })
    }
}

/// A client with the SDK's settings.
#[derive(Debug)]
struct Connector {
    front: Arc<Front<Engine>>,
    /// How long an answer may take, if the SDK limits it.
    read_timeout: Option<Duration>,
}

impl smithy::HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> smithy::HttpConnectorFuture {
        let (front, read_timeout) = (Arc::clone(&self.front), self.read_timeout);
        smithy::HttpConnectorFuture::new(async move {
            // In a task of its own: the caller's may be one that must not wait for a disk.
            let answering = tokio::spawn(async move { answer(&front, request).await });
            let answered = async move {
                answering
                    .await
                    .unwrap_or_else(|ended| Err(ConnectorError::other(ended.into(), None)))
            };
            let Some(limit) = read_timeout else { return answered.await };
            let in_time = tokio::time::timeout(limit, answered).await;
            in_time.unwrap_or_else(|late| Err(ConnectorError::timeout(late.into())))
        })
    }
}

async fn answer(
    front: &Front<Engine>,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let mut request: Request<_> =
        request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let uri = request.uri().clone();
    name_host(&uri, request.headers_mut());
    let (head, body) = front.answer(request, None).await.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    HttpResponse::try_from(hyper::Response::from_parts(head, body.into()))
        .map_err(|error| ConnectorError::other(error.into(), None))
}

/// Names the host as a client does that connects to `uri`.
fn name_host(uri: &Uri, headers: &mut HeaderMap) {
    let authority = uri.authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    if let Some(Ok(host)) = authority {
        headers.entry(HOST).or_insert(host);
    }
}
