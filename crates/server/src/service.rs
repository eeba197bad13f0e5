//! What stands behind the listeners: a request in, an answer out.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::{Duration, Instant};

use auth::Caller;
use bytes::Bytes;
use db::{Db, Upkeep};
use hyper::body::Body;
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use model::{ApiError, Scope, limits};
use serde_json::json;
use store::{Health, Store, StoreError};
use wire::{ErrorBody, OperationName, Text};

use crate::codec::{Json10, Protocol};
use crate::dispatch::dispatch;
use crate::http::{Answer, AnswerBody, ContentType, Head, Intake, RequestId, RequestIds, unpacked};
use crate::metrics::{self, Metrics, Readings};
use crate::panics;
use crate::pipeline::{Call, Pipeline};
use crate::request_log::Event;
use crate::target::Target;

/// Settings of a [`Service`].
#[derive(Debug, Clone)]
pub struct ServiceOptions {
    /// The account of callers whose access key names none: twelve digits.
    pub account: String,
    /// The region whose endpoint this is to clients that do not name their host.
    pub region: String,
    /// Makes this process's request ids differ from another's.
    pub seed: u64,
    /// Requests that take longer than this are worth a warning in the log.
    pub slow_after: Duration,
}

/// DynamoDB's endpoint over one database.
#[derive(Debug)]
pub struct Service<S: Store> {
    pipeline: Pipeline<S>,
    home: Scope,
    name: String,
    ids: RequestIds,
    slow_after: Duration,
}

impl<S: Store> Service<S> {
    /// An endpoint for `db`.
    pub fn new(db: Db<S>, options: ServiceOptions) -> Self {
        let ServiceOptions { account, region, seed, slow_after } = options;
        let name = format!("dynamodb.{region}.amazonaws.com");
        let ids = RequestIds::new(seed);
        let home = Scope { account, region };
        Self { pipeline: Pipeline::new(db), home, name, ids, slow_after }
    }

    /// Finishes what is queued and closes the database. Requests that come later fail.
    ///
    /// # Errors
    /// [`StoreError`] if the store could not be closed cleanly.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.pipeline.db.close().await
    }

    /// Does what is due by the clock, as [`Db::keep_up`] does.
    ///
    /// # Errors
    /// What the store fails with. The next call goes on from there.
    pub async fn keep_up(&self, upkeep: Upkeep) -> Result<(), StoreError> {
        self.pipeline.db.keep_up(upkeep).await
    }

    /// Answers one HTTP request that came from `peer`, or from this process if there is none.
    pub(crate) async fn answer<B>(
        &self,
        parts: Parts,
        body: B,
        peer: Option<SocketAddr>,
        intake: &Intake,
    ) -> Response<AnswerBody>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let id = self.ids.next();
        let head = Head::new(&parts);
        let answer = match (&parts.method, parts.uri.path()) {
            _ if head.is_too_large() => Answer::head_too_large(),
            (&Method::GET, "/") => Answer::healthy(self.host(&head)),
            (&Method::GET | &Method::HEAD, "/health") => health_answer(&self.pipeline.db.health()),
            (&Method::GET | &Method::HEAD, "/metrics") => {
                self.measured(intake).packed_for(&parts.headers).await
            }
            (&Method::POST, "/") if head.speaks_json() => {
                self.operation(&id, &head, body, peer, intake).await
            }
            _ => Answer::not_found(),
        };
        answer.into_response(&id, parts.headers)
    }

    /// What happens to requests is counted here.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.pipeline.metrics
    }

    fn measured(&self, intake: &Intake) -> Answer {
        let text = self.metrics().text(&Readings {
            body_bytes: intake.bytes_held(),
            health: self.pipeline.db.health(),
            expiry: self.pipeline.db.expiry_figures(),
            streams: self.pipeline.db.stream_figures(),
            figures: self.pipeline.db.figures(),
        });
        Answer::plain(StatusCode::OK, ContentType::Metrics, text)
    }

    async fn operation<B>(
        &self,
        id: &RequestId,
        head: &Head<'_>,
        body: B,
        peer: Option<SocketAddr>,
        intake: &Intake,
    ) -> Answer
    where
        B: Body<Data = Bytes> + Unpin,
    {
        // Its room is given back when the answer is there.
        let received = intake.receive(body, head.packing()).await;
        let started = Instant::now();
        let operation = head.operation();
        let (known, mut target) = (operation.as_ref().ok().copied(), None);
        let body = received.as_ref().map(|received| received.bytes.clone());
        let bytes_in = body.as_ref().map_or(0, Bytes::len);
        let _answer_room = match known {
            Some(operation) => intake.room_for_answer(operation).await,
            None => None,
        };
        let body = body.map_err(Into::into);
        let outcome =
            panics::caught(pin!(self.carry_out(head, body, operation, &mut target))).await;
        let outcome = outcome.unwrap_or_else(|_| {
            // The panic hook has told where; here is which request.
            tracing::error!(request_id = %id, "the handler panicked");
            Err(ApiError::InternalServerError)
        });
        let error = outcome.as_ref().err().map(|error| ErrorBody::of(error).code);
        let answer = match outcome {
            Ok(output) => Answer::json(output),
            Err(error) => Answer::error(&error, Json10.error(&error)),
        };
        let answer = answer.packed_for(&head.parts.headers).await;
        let (took, target) = (started.elapsed(), target.as_ref());
        self.metrics().answered(metrics::Answered { operation: known, target, error, took });
        Event { id, peer, head, target, error, bytes_in, answer: &answer, took }
            .log(self.slow_after);
        answer
    }

    /// Size, target, signature, encoding; then the operation's own stages.
    async fn carry_out(
        &self,
        head: &Head<'_>,
        body: Result<Bytes, ApiError>,
        operation: Result<OperationName, ApiError>,
        target: &mut Option<Target>,
    ) -> Result<Text, ApiError> {
        let body = body?;
        let operation = operation?;
        let caller = auth::authenticate(head.claim())?;
        let body = unpacked(head.encoding(), body, limits::REQUEST_BYTES_MAX)?;
        let scope = self.scope(&caller);
        let host = self.host(head);
        let call = Call { caller: &caller, host, scope: &scope, target };
        dispatch(&Json10, &self.pipeline, operation, call, &body).await
    }

    /// The name under which the client reached this endpoint.
    fn host<'a>(&'a self, head: &Head<'a>) -> &'a str {
        head.host().unwrap_or(&self.name)
    }

    /// The tables that a caller sees: its account's, in the region the request was signed for.
    fn scope(&self, caller: &Caller<'_>) -> Cow<'_, Scope> {
        let account = caller.account().unwrap_or(&self.home.account);
        if self.home.region == caller.region && self.home.account == account {
            return Cow::Borrowed(&self.home);
        }
        Cow::Owned(Scope {
            account: account.to_owned(),
            region: caller.region.clone().into_owned(),
        })
    }
}

/// Whether the store serves, for whoever routes requests here.
fn health_answer(health: &Health) -> Answer {
    let (status, health) = match health {
        Health::Serving => (StatusCode::OK, json!({ "status": "serving" })),
        Health::ReadOnly { reason } => {
            let health = json!({ "status": "read-only", "reason": &**reason });
            (StatusCode::SERVICE_UNAVAILABLE, health)
        }
        Health::Stopped { reason } => {
            let health = json!({ "status": "stopped", "reason": &**reason });
            (StatusCode::SERVICE_UNAVAILABLE, health)
        }
    };
    Answer::plain(status, ContentType::PlainJson, health.to_string())
}
