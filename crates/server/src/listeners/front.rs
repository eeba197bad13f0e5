//! What every way in shares, sockets or not: the service, and the bounds on what is received.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Body;
use hyper::{Request, Response};
use model::limits;
use store::Store;

use super::ServeOptions;
use crate::Service;
use crate::http::{AnswerBody, Intake};
use crate::service::{Asked, Door};

/// A service, and the bounds within which requests reach it: from sockets through
/// [`serve`](super::serve), from this process through [`Front::answer`].
#[derive(Debug)]
pub struct Front<S: Store> {
    pub(super) service: Arc<Service<S>>,
    pub(super) intake: Intake,
    pub(super) options: ServeOptions,
}

impl<S: Store> Front<S> {
    /// Lets requests reach `service` as `options` say.
    pub fn new(service: Arc<Service<S>>, options: ServeOptions) -> Self {
        let ServeOptions { patience, body_bytes_total_max, answer_bytes_total_max, .. } = options;
        let intake = Intake::new(limits::REQUEST_BYTES_MAX, body_bytes_total_max, patience)
            .with_answers(answer_bytes_total_max);
        Self { service, intake, options }
    }

    /// The service behind it.
    pub fn service(&self) -> &Service<S> {
        &self.service
    }

    /// Answers one HTTP request that came from `peer`, or from this process if there is none.
    ///
    /// A future that is dropped ends as a connection that breaks: what was submitted is carried out.
    pub async fn answer<B>(
        &self,
        request: Request<B>,
        peer: Option<SocketAddr>,
    ) -> Response<AnswerBody>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        self.answer_at(Door::All, request, peer).await
    }

    /// Answers one HTTP request that came in at this door.
    pub(super) async fn answer_at<B>(
        &self,
        door: Door,
        request: Request<B>,
        peer: Option<SocketAddr>,
    ) -> Response<AnswerBody>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (head, body) = request.into_parts();
        let Some(cors) = &self.options.cors else {
            return self.service.answer(Asked { door, peer, head }, body, &self.intake).await;
        };
        let origin = cors.allowed(&head.headers);
        let mut response = match cors.preflight(&head) {
            Some(granted) => granted,
            None => self.service.answer(Asked { door, peer, head }, body, &self.intake).await,
        };
        cors.mark(origin, response.headers_mut());
        response
    }
}
