//! Request bodies: whole, bounded, and in time; and room for the answers that many items make long.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};
use model::ApiError;
use tokio::time::{Instant, timeout_at};
use wire::{Class, OperationName};

use super::{Budget, Patience, Taken};

/// How much of a too large body is still read, so that a client that only listens after it has
/// sent everything hears the answer instead of a reset connection.
const DISCARDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a page of items, 1 MB by DynamoDB's own limit, takes while it becomes text.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Takes in the bodies of all requests.
#[derive(Debug)]
pub(crate) struct Intake {
    budget: Budget,
    /// Apart from the bodies', so that nobody holds room for a body and waits for somebody who
    /// waits for room for a body.
    answers: Budget,
    patience: Patience,
    body_bytes_max: usize,
}

/// A body, and the room it takes up.
#[derive(Debug)]
pub(crate) struct Received<'a> {
    pub(crate) bytes: Bytes,
    /// Held until the request is answered.
    _room: Option<Taken<'a>>,
}

/// Whether what is received will grow when it is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Packed,
}

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// More bytes than the limit.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The client went away, or broke HTTP.
    Broken,
}

impl From<&BodyError> for ApiError {
    fn from(error: &BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::RequestTooLarge("Request body is too large".to_owned()),
            BodyError::TooSlow => Self::RequestTimeout,
            // Nobody is left to read it.
            BodyError::Broken => Self::Serialization(String::new()),
        }
    }
}

impl Intake {
    /// For bodies of at most `body_bytes_max` each and `total_bytes_max` together.
    pub(crate) fn new(body_bytes_max: usize, total_bytes_max: usize, patience: Patience) -> Self {
        let (budget, answers) = (Budget::new(total_bytes_max), Budget::new(total_bytes_max));
        Self { budget, answers, patience, body_bytes_max }
    }

    /// With room for so many bytes of answers with many items.
    pub(crate) fn with_answers(self, total_bytes_max: usize) -> Self {
        Self { answers: Budget::new(total_bytes_max), ..self }
    }

    /// Waits for room for the answer, if it may have many items.
    pub(crate) async fn room_for_answer(&self, operation: OperationName) -> Option<Taken<'_>> {
        match operation.class() {
            Class::Read if operation != OperationName::GetItem => {
                Some(self.answers.room(ANSWER_BYTES).await)
            }
            _ => None,
        }
    }

    /// Bytes of bodies that are held now.
    pub(crate) fn bytes_held(&self) -> usize {
        self.budget.taken()
    }

    /// Receives a body once there is room for it. One whose length nobody knows takes as much room
    /// as a body may have, until it is known.
    pub(crate) async fn receive<B>(
        &self,
        body: B,
        packing: Packing,
    ) -> Result<Received<'_>, BodyError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let bytes_max = self.body_bytes_max;
        let announced =
            body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let mut pieces = Pieces { body, patience: &self.patience, begun: None, bytes: 0 };
        let room = match (announced, packing) {
            (Some(0), _) => None,
            (Some(bytes), _) if bytes > bytes_max => {
                pieces.discard().await?;
                return Err(BodyError::TooLarge);
            }
            (Some(bytes), Packing::Plain) => Some(self.budget.room(bytes).await),
            (Some(_), Packing::Packed) | (None, _) => Some(self.budget.room(bytes_max).await),
        };
        let mut received = Received { bytes: pieces.join(bytes_max).await?, _room: room };
        if let (Packing::Plain, Some(room)) = (packing, &mut received._room) {
            room.shrink_to(received.bytes.len());
        }
        Ok(received)
    }
}

/// A body as it comes.
struct Pieces<'a, B> {
    body: B,
    patience: &'a Patience,
    /// When we first had to wait.
    begun: Option<Instant>,
    /// How many came.
    bytes: usize,
}

impl<B> Pieces<'_, B>
where
    B: Body<Data = Bytes> + Unpin,
{
    /// All of it, at most `bytes_max` bytes; what comes in one piece is not copied.
    async fn join(&mut self, bytes_max: usize) -> Result<Bytes, BodyError> {
        let mut first = Bytes::new();
        let mut whole = BytesMut::new();
        while let Some(data) = self.next().await? {
            if self.bytes > bytes_max {
                self.discard().await?;
                return Err(BodyError::TooLarge);
            }
            if first.is_empty() && whole.is_empty() {
                first = data;
                continue;
            }
            if whole.is_empty() {
                let announced = usize::try_from(self.body.size_hint().lower()).unwrap_or(bytes_max);
                whole.reserve(first.len() + data.len() + announced.min(bytes_max));
                whole.extend_from_slice(&std::mem::take(&mut first));
            }
            whole.extend_from_slice(&data);
        }
        Ok(if whole.is_empty() { first } else { whole.freeze() })
    }

    /// Reads on and forgets, up to a bound.
    async fn discard(&mut self) -> Result<(), BodyError> {
        while self.bytes < DISCARDED_BYTES_MAX && self.next().await?.is_some() {}
        Ok(())
    }

    /// The next piece of data; trailers are passed over. A body that is known to have ended is not
    /// asked again.
    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        while !self.body.is_end_stream()
            && let Some(frame) = self.frame().await?
        {
            if let Ok(data) = frame.into_data() {
                self.bytes += data.len();
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The next frame, in time. What is there already needs no clock.
    async fn frame(&mut self) -> Result<Option<Frame<Bytes>>, BodyError> {
        let mut frame = pin!(self.body.frame());
        let at_once = std::future::poll_fn(|context| Poll::Ready(frame.as_mut().poll(context)));
        let frame = match at_once.await {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                let begun = *self.begun.get_or_insert_with(Instant::now);
                let deadline = begun + time_for(self.patience, self.bytes);
                timeout_at(deadline, frame).await.map_err(|_| BodyError::TooSlow)?
            }
        };
        frame.transpose().map_err(|_| BodyError::Broken)
    }
}

/// How long the first `bytes` of a body, and the next one, may take.
fn time_for(patience: &Patience, bytes: usize) -> Duration {
    let at_slowest = bytes as u64 * 1000 / u64::from(patience.body_bytes_per_second_min.max(1));
    patience.body + Duration::from_millis(at_slowest)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::Frame;

    use super::*;

    /// A body of ready-made pieces.
    struct Ready(VecDeque<Bytes>);

    impl Body for Ready {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
        }
    }

    async fn read(pieces: &[&'static str], bytes_max: usize) -> Result<Bytes, BodyError> {
        let pieces = pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect();
        let intake = Intake::new(bytes_max, 100, Patience::default());
        let received = intake.receive(Ready(pieces), Packing::Plain).await;
        received.map(|received| {
            assert_eq!(intake.bytes_held(), received.bytes.len());
            received.bytes.clone()
        })
    }

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_limit() {
        assert_eq!(read(&[], 4).await, Ok(Bytes::new()));
        assert_eq!(read(&["abcd"], 4).await, Ok(Bytes::from_static(b"abcd")));
        assert_eq!(read(&["ab", "", "c", "d"], 4).await, Ok(Bytes::from_static(b"abcd")));
        assert_eq!(read(&["ab", "cd", "e"], 4).await, Err(BodyError::TooLarge));
        assert_eq!(read(&["abcde"], 4).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn a_single_piece_is_not_copied() {
        let piece = Bytes::from(vec![7; 100]);
        let address = piece.as_ptr();
        let intake = Intake::new(100, 100, Patience::default());
        let received = intake.receive(Ready([piece].into()), Packing::Plain).await.unwrap();
        assert_eq!(received.bytes.as_ptr(), address);
    }

    #[tokio::test]
    async fn a_packed_body_keeps_room_for_what_it_may_become() {
        let intake = Intake::new(50, 100, Patience::default());
        let piece = Bytes::from_static(b"abc");
        let received = intake.receive(Ready([piece].into()), Packing::Packed).await.unwrap();
        assert_eq!((received.bytes.len(), intake.bytes_held()), (3, 50));
        drop(received);
        assert_eq!(intake.bytes_held(), 0);
    }

    /// A body of which a byte comes every second, for ever.
    struct Drip(tokio::time::Interval);

    impl Body for Drip {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let tick = self.0.poll_tick(context);
            tick.map(|_| Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up() {
        let patience = Patience { body_bytes_per_second_min: 2, ..Patience::default() };
        let intake = Intake::new(1000, 1000, patience);
        let begun = Instant::now();
        let drip = Drip(tokio::time::interval(Duration::from_secs(1)));
        let received = intake.receive(drip, Packing::Plain).await;
        assert_eq!(received.map(drop), Err(BodyError::TooSlow));
        // Twenty seconds, and half a second for each byte that came.
        let waited = begun.elapsed();
        assert!((39..=41).contains(&waited.as_secs()), "{waited:?}");
        assert_eq!(intake.bytes_held(), 0);
    }
}
