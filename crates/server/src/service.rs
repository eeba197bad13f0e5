//! What stands behind the listeners: a request in, an answer out.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::{Duration, Instant};

use auth::Caller;
use bytes::Bytes;
use db::{Db, Upkeep};
use hyper::body::Body;
use hyper::header::HeaderMap;
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use model::{ApiError, Scope, limits};
use serde_json::json;
use store::{Health, Store, StoreError};
use wire::{ErrorBody, OperationName, Text};

use crate::codec::{Json10, Protocol};
use crate::dispatch::dispatch;
use crate::http::{
    Answer, AnswerBody, BodyError, ContentType, Head, Hosts, Intake, Received, RequestId,
    RequestIds, unpacked,
};
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
    /// Names under which web pages may reach it, besides addresses and `localhost`.
    pub hosts: Vec<String>,
}

/// Where a request came in, which decides what may be asked there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Everything may.
    All,
    /// Everything but metrics, which have a door of their own.
    Clients,
    /// Health and metrics.
    Admin,
}

/// One HTTP request but for its body.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) door: Door,
    /// Who sent it; nobody but this process, if absent.
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) head: Parts,
}

/// What a compressed body may become in place.
const SHORT_BODY_BYTES: usize = 64 << 10;

/// DynamoDB's endpoint over one database.
#[derive(Debug)]
pub struct Service<S: Store> {
    pipeline: Pipeline<S>,
    home: Scope,
    name: String,
    ids: RequestIds,
    slow_after: Duration,
    hosts: Hosts,
}

impl<S: Store> Service<S> {
    /// An endpoint for `db`.
    pub fn new(db: Db<S>, options: ServiceOptions) -> Self {
        let ServiceOptions { account, region, seed, slow_after, hosts } = options;
        let name = format!("dynamodb.{region}.amazonaws.com");
        let ids = RequestIds::new(seed);
        let home = Scope { account, region };
        let hosts = Hosts::new(hosts);
        Self { pipeline: Pipeline::new(db), home, name, ids, slow_after, hosts }
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

    /// Answers one HTTP request.
    pub(crate) async fn answer<B>(
        &self,
        asked: Asked,
        body: B,
        intake: &Intake,
    ) -> Response<AnswerBody>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let id = self.ids.next();
        let Asked { door, peer, head: parts } = asked;
        let head = Head::new(&parts);
        let answer = match self.refused(&head) {
            None if door != Door::Admin && head.is_call() => {
                self.operation(&id, &head, body, peer, intake).await
            }
            refused => {
                // Whether or not it comes in time.
                let _ = intake.discard(body).await;
                match refused {
                    Some(answer) => answer,
                    None => self.told(door, &head, intake).await,
                }
            }
        };
        answer.into_response(&id, parts.headers)
    }

    /// The answer to a request that nobody looks at further.
    fn refused(&self, head: &Head<'_>) -> Option<Answer> {
        match head {
            _ if head.is_too_large() => Some(Answer::head_too_large()),
            _ if !head.names_host() => Some(Answer::no_host()),
            _ if head.is_a_browsers() && !self.knows(head) => Some(Answer::unknown_host()),
            _ => None,
        }
    }

    /// What is told to whoever calls no operation.
    async fn told(&self, door: Door, head: &Head<'_>, intake: &Intake) -> Answer {
        match (&head.parts.method, head.parts.uri.path()) {
            (&Method::GET, "/") => Answer::healthy(self.host(head)),
            (&Method::GET | &Method::HEAD, "/health") => health_answer(&self.pipeline.db.health()),
            (&Method::GET | &Method::HEAD, "/metrics") if door != Door::Clients => {
                self.measured(intake).packed_for(&head.parts.headers).await
            }
            _ => Answer::not_found(),
        }
    }

    /// The answer to what is no request.
    pub(crate) fn refuse(&self) -> Response<AnswerBody> {
        Answer::malformed().into_response(&self.ids.next(), HeaderMap::new())
    }

    /// The answer to a head without end.
    pub(crate) fn refuse_head(&self) -> Response<AnswerBody> {
        Answer::head_endless().into_response(&self.ids.next(), HeaderMap::new())
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
        let operation = head.operation();
        let (known, mut target) = (operation.as_ref().ok().copied(), None);
        let admitted = operation.and_then(|operation| admitted(head, operation));
        let received = match &admitted {
            Ok(_) => intake.receive(peer.map(|peer| peer.ip()), body, head.packing()).await,
            Err(_) => intake.discard(body).await.map(|()| Received::nothing()),
        };
        let started = Instant::now();
        let bytes_in = received.as_ref().map_or(0, |received| received.bytes.len());
        let _answer_room = match (&admitted, known) {
            (Ok(_), Some(operation)) => {
                intake.room_for_answer(peer.map(|peer| peer.ip()), operation).await
            }
            _ => None,
        };
        let outcome =
            panics::caught(pin!(self.carry_out(head, admitted, received, &mut target))).await;
        let outcome = outcome.unwrap_or_else(|_| {
            // The panic hook has told where; here is which request.
            tracing::error!(request_id = %id, "the handler panicked");
            Err(ApiError::InternalServerError)
        });
        let error = outcome.as_ref().err().map(|error| ErrorBody::of(error).code);
        let answer = match outcome {
            Ok(output) => Answer::json(output, &head.parts.headers).await,
            Err(error) => Answer::error(&error, Json10.error(&error), &head.parts.headers).await,
        };
        let (took, target) = (started.elapsed(), target.as_ref());
        self.metrics().answered(metrics::Answered { operation: known, target, error, took });
        Event { id, peer, head, target, error, bytes_in, answer: &answer, took }
            .log(self.slow_after);
        answer
    }

    /// What the head says, then the body's size and encoding, then the operation's own stages.
    async fn carry_out(
        &self,
        head: &Head<'_>,
        admitted: Result<Admitted<'_>, ApiError>,
        received: Result<Received<'_>, BodyError>,
        target: &mut Option<Target>,
    ) -> Result<Text, ApiError> {
        let Admitted { operation, caller, encoding } = admitted?;
        // Its room is given back when the answer is there.
        let mut received = received.map_err(|error| ApiError::from(&error))?;
        let body = self.unpacked(encoding, received.take()).await?;
        received.became(body.len());
        let scope = self.scope(&caller);
        let host = self.host(head);
        let call = Call { caller: &caller, host, scope: &scope, target };
        dispatch(&Json10, &self.pipeline, operation, call, &body).await
    }

    /// Whether the client reached this endpoint by a name that is its own.
    fn knows(&self, head: &Head<'_>) -> bool {
        head.host().is_none_or(|host| self.hosts.know(host))
    }

    /// The body without its compression. What a short one becomes nobody knows beforehand: one that
    /// becomes long is begun once more, where there is time for it.
    async fn unpacked(&self, encoding: Option<&str>, body: Bytes) -> Result<Bytes, ApiError> {
        if let Ok(body) = unpacked(encoding, body.clone(), SHORT_BODY_BYTES) {
            return Ok(body);
        }
        let bytes_max = limits::REQUEST_BYTES_MAX;
        self.pipeline.bulk.run(bytes_max, || unpacked(encoding, body, bytes_max)).await
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

/// What a request's head says, its body being what is left to read.
struct Admitted<'a> {
    operation: OperationName,
    caller: Caller<'a>,
    encoding: Option<&'a str>,
}

/// Checks all that can be before anything is held for the request: signature and encoding.
fn admitted<'a>(head: &Head<'a>, operation: OperationName) -> Result<Admitted<'a>, ApiError> {
    let caller = auth::authenticate(head.claim())?;
    Ok(Admitted { operation, caller, encoding: head.encoding()? })
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
