//! Request bodies: whole, bounded, and in time; and room for the answers that many items make long.
//!
//! Room for a body is taken as its bytes come, never because more were announced. A body that came
//! at once and is small has room that no body can take which is still to come.

use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};
use model::ApiError;
use tokio::time::{Instant, timeout, timeout_at};
use wire::{Class, OperationName};

use super::{Budget, Pace, Patience, Taken};

/// How much of a too large body is still read, so that a client that only listens after it has
/// sent everything hears the answer instead of a reset connection.
const DISCARDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a page of items, 1 MB by DynamoDB's own limit, takes while it becomes text.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// What is small.
const SMALL_BYTES_MAX: usize = 64 * 1024;
/// The part of the room that is kept for what is small: one of so many.
const SMALL_SHARE: usize = 8;

/// The least address space that a body in several pieces is given; one that outgrows it is given what
/// it announced.
const SPACE_BYTES: usize = 256 * 1024;

/// What a byte of deflated data becomes at most.
const UNPACKED_PER_BYTE_MAX: usize = 1032;

/// How often a body that comes is looked at while others wait for its room.
const PRESSED_WINDOW: Duration = Duration::from_millis(500);

/// How long who has room may wait for more of it.
const GROWING_MAX: Duration = Duration::from_secs(10);

/// Takes in the bodies of all requests.
#[derive(Debug)]
pub(crate) struct Intake {
    budget: Budget,
    /// Of small bodies that are there whole.
    small: Budget,
    /// Apart from the bodies', so that nobody holds room for a body and waits for somebody who
    /// waits for room for a body.
    answers: Budget,
    patience: Patience,
    body_bytes_max: usize,
    /// Whether somebody waits for a connection to end.
    crowded: Arc<AtomicBool>,
}

/// A body, and the room it takes up.
#[derive(Debug)]
pub(crate) struct Received<'a> {
    pub(crate) bytes: Bytes,
    /// Held until the request is answered.
    room: Option<Taken<'a>>,
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
    /// There was no room for the rest of it in time.
    NoRoom,
    /// The client went away, or broke HTTP.
    Broken,
}

impl From<&BodyError> for ApiError {
    fn from(error: &BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::RequestTooLarge("Request body is too large".to_owned()),
            BodyError::TooSlow => Self::RequestTimeout,
            // Clients try that again.
            BodyError::NoRoom => Self::InternalServerError,
            BodyError::Broken => {
                Self::Serialization("The body ends early, or its chunks are malformed".to_owned())
            }
        }
    }
}

impl Intake {
    /// For bodies of at most `body_bytes_max` each and `total_bytes_max` together.
    pub(crate) fn new(body_bytes_max: usize, total_bytes_max: usize, patience: Patience) -> Self {
        let small_bytes = total_bytes_max / SMALL_SHARE;
        Self {
            budget: Budget::new(total_bytes_max - small_bytes),
            small: Budget::new(small_bytes),
            answers: Budget::new(total_bytes_max),
            patience,
            body_bytes_max,
            crowded: Arc::default(),
        }
    }

    /// With room for so many bytes of answers with many items.
    pub(crate) fn with_answers(self, total_bytes_max: usize) -> Self {
        Self { answers: Budget::new(total_bytes_max), ..self }
    }

    /// Waits for room for the answer, if it may have many items.
    pub(crate) async fn room_for_answer(
        &self,
        who: Option<IpAddr>,
        operation: OperationName,
    ) -> Option<Taken<'_>> {
        match operation.class() {
            Class::Read if operation != OperationName::GetItem => {
                Some(self.answers.room(who, ANSWER_BYTES).await)
            }
            _ => None,
        }
    }

    /// Bytes of bodies that are held now.
    pub(crate) fn bytes_held(&self) -> usize {
        self.budget.taken() + self.small.taken()
    }

    /// Receives a body from whoever has this address, within the room that there is.
    pub(crate) async fn receive<B>(
        &self,
        who: Option<IpAddr>,
        body: B,
        packing: Packing,
    ) -> Result<Received<'_>, BodyError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mut pieces = Pieces::new(self, body);
        if pieces.announced() > self.body_bytes_max {
            pieces.discard().await?;
            return Err(BodyError::TooLarge);
        }
        let Some(bytes) = pieces.next().await? else { return Ok(Received::nothing()) };
        if pieces.body.is_end_stream() && bytes.len() <= self.body_bytes_max {
            let room = self.room_for_whole(who, self.may_become(bytes.len(), packing)).await?;
            return Ok(Received { bytes, room: Some(room) });
        }
        let mut room = self.budget.nothing(who);
        let bytes = match pieces.join(bytes, &mut room).await {
            Err(BodyError::TooLarge) => {
                drop(room);
                pieces.discard().await?;
                return Err(BodyError::TooLarge);
            }
            joined => joined?,
        };
        self.grow(&mut room, self.may_become(bytes.len(), packing) - bytes.len()).await?;
        Ok(Received { bytes, room: Some(room) })
    }

    /// To be set while somebody waits for a connection to end.
    pub(crate) fn crowded(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.crowded)
    }

    /// Whether others wait for what a body in transit holds.
    fn is_pressed(&self) -> bool {
        self.budget.is_pressed() || self.crowded.load(Ordering::Relaxed)
    }

    /// How many bytes of a body must come in so long a time while others wait.
    fn least_in(&self, time: Duration) -> usize {
        let rate = self.patience.body_bytes_per_second_pressed_min as usize;
        rate / 1000 * usize::try_from(time.as_millis()).unwrap_or(usize::MAX / rate.max(1))
    }

    /// Hears out a body that nobody wants: what was not read before the answer would be taken for
    /// the next request, or cost the client the answer.
    pub(crate) async fn discard<B>(&self, body: B) -> Result<(), BodyError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        Pieces::new(self, body).discard().await
    }

    /// Room for a body that is there whole. A small one waits for none that is still to come.
    async fn room_for_whole(
        &self,
        who: Option<IpAddr>,
        bytes: usize,
    ) -> Result<Taken<'_>, BodyError> {
        let small = bytes <= SMALL_BYTES_MAX.min(self.small.bytes_max());
        let mut room = self.budget.nothing(who);
        if room.grow_now(bytes) {
            return Ok(room);
        }
        if small {
            room = self.small.nothing(who);
        }
        self.grow(&mut room, bytes).await?;
        Ok(room)
    }

    /// Waits for more room: not for ever if it keeps others from theirs, nor if somebody waits for
    /// the connection itself.
    async fn grow(&self, room: &mut Taken<'_>, bytes: usize) -> Result<(), BodyError> {
        let until = (!room.is_empty()).then(|| Instant::now() + GROWING_MAX);
        let mut growing = pin!(room.grow(bytes));
        while timeout(PRESSED_WINDOW, growing.as_mut()).await.is_err() {
            let is_over = until.is_some_and(|until| Instant::now() >= until);
            if is_over || self.crowded.load(Ordering::Relaxed) {
                return Err(BodyError::NoRoom);
            }
        }
        Ok(())
    }

    /// How many bytes so many may become, themselves included.
    fn may_become(&self, bytes: usize, packing: Packing) -> usize {
        match packing {
            Packing::Plain => bytes,
            Packing::Packed => {
                bytes.saturating_mul(UNPACKED_PER_BYTE_MAX).min(self.body_bytes_max).max(bytes)
            }
        }
    }
}

impl Received<'_> {
    /// A body without bytes.
    pub(crate) fn nothing() -> Self {
        Self { bytes: Bytes::new(), room: None }
    }

    /// The bytes, whose room stays.
    pub(crate) fn take(&mut self) -> Bytes {
        std::mem::take(&mut self.bytes)
    }

    /// So many bytes are all that has become of it.
    pub(crate) fn became(&mut self, bytes: usize) {
        if let Some(room) = &mut self.room {
            room.shrink_to(bytes);
        }
    }
}

/// A body as it comes.
struct Pieces<'a, B> {
    body: B,
    intake: &'a Intake,
    /// How fast it comes, once it had to be waited for.
    pace: Option<Pace>,
    /// When it is looked at next, and how many bytes had come when it was last.
    window: Option<(Instant, usize)>,
    /// How many came.
    bytes: usize,
}

impl<'a, B> Pieces<'a, B>
where
    B: Body<Data = Bytes> + Unpin,
{
    fn new(intake: &'a Intake, body: B) -> Self {
        Self { body, intake, pace: None, window: None, bytes: 0 }
    }

    /// At least so many bytes are to come.
    fn announced(&self) -> usize {
        usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX)
    }

    /// All of it, whose first piece is there; what comes in one piece is not copied.
    async fn join(&mut self, first: Bytes, room: &mut Taken<'_>) -> Result<Bytes, BodyError> {
        self.admit(&first, room).await?;
        let Some(mut piece) = self.next().await? else { return Ok(first) };
        let announced = self.announced().min(SPACE_BYTES);
        let mut whole = BytesMut::with_capacity(first.len() + piece.len() + announced);
        whole.extend_from_slice(&first);
        drop(first);
        loop {
            self.admit(&piece, room).await?;
            if whole.capacity() - whole.len() < piece.len() {
                whole.reserve(piece.len() + self.announced().min(self.intake.body_bytes_max));
            }
            whole.extend_from_slice(&piece);
            match self.next().await? {
                Some(next) => piece = next,
                None => return Ok(whole.freeze()),
            }
        }
    }

    /// Takes room for a piece that came.
    async fn admit(&mut self, piece: &Bytes, room: &mut Taken<'_>) -> Result<(), BodyError> {
        if self.bytes > self.intake.body_bytes_max {
            return Err(BodyError::TooLarge);
        }
        if room.grow_now(piece.len()) {
            return Ok(());
        }
        if self.is_slow() {
            return Err(BodyError::TooSlow);
        }
        self.intake.grow(room, piece.len()).await?;
        // That was not the client's time.
        (self.pace, self.window) = (None, None);
        Ok(())
    }

    /// Whether it comes too slowly to wait for room that others could have.
    fn is_slow(&self) -> bool {
        self.window.is_some_and(|(end, before)| {
            let passed = PRESSED_WINDOW.saturating_sub(end.duration_since(Instant::now()));
            passed >= PRESSED_WINDOW / 2 && self.bytes - before < self.intake.least_in(passed)
        })
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
                if let Some(pace) = &mut self.pace {
                    pace.moved(data.len(), Instant::now());
                }
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The next frame. Most bodies are there when they are asked for and need no timer.
    async fn frame(&mut self) -> Result<Option<Frame<Bytes>>, BodyError> {
        let mut frame = pin!(self.body.frame());
        let at_once = std::future::poll_fn(|context| Poll::Ready(frame.as_mut().poll(context)));
        let frame = match at_once.await {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                let begin = || Pace::begin(self.intake.patience.for_body(), Instant::now());
                let deadline = self.pace.get_or_insert_with(begin).deadline();
                in_time(self.intake, &mut self.window, self.bytes, deadline, frame).await?
            }
        };
        frame.transpose().map_err(|_| BodyError::Broken)
    }
}

/// What comes of `awaited` before the deadline and, while others wait for room, at the speed that
/// this asks for.
async fn in_time<F: Future>(
    intake: &Intake,
    window: &mut Option<(Instant, usize)>,
    bytes: usize,
    deadline: Instant,
    mut awaited: Pin<&mut F>,
) -> Result<F::Output, BodyError> {
    loop {
        let now = Instant::now();
        let (end, bytes_before) = *window.get_or_insert((now + PRESSED_WINDOW, bytes));
        if now >= deadline {
            return Err(BodyError::TooSlow);
        }
        if now >= end {
            if intake.is_pressed() && bytes - bytes_before < intake.least_in(PRESSED_WINDOW) {
                return Err(BodyError::TooSlow);
            }
            *window = None;
            continue;
        }
        if let Ok(output) = timeout_at(end.min(deadline), awaited.as_mut()).await {
            return Ok(output);
        }
    }
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
        let received = intake.receive(None, Ready(pieces), Packing::Plain).await;
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
        let received = intake.receive(None, Ready([piece].into()), Packing::Plain).await.unwrap();
        assert_eq!(received.bytes.as_ptr(), address);
    }

    #[tokio::test]
    async fn a_packed_body_keeps_room_for_what_it_may_become() {
        let intake = Intake::new(50, 100, Patience::default());
        let piece = Bytes::from_static(b"abc");
        let received = intake.receive(None, Ready([piece].into()), Packing::Packed).await.unwrap();
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

    /// A body that has sent all it has and announces one byte more.
    struct Stuck(Option<Bytes>);

    impl Body for Stuck {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.0.take().map_or(Poll::Pending, |piece| Poll::Ready(Some(Ok(Frame::data(piece)))))
        }
    }

    /// A body that is there whole.
    fn whole(bytes: usize) -> http_body_util::Full<Bytes> {
        http_body_util::Full::new(Bytes::from(vec![b' '; bytes]))
    }

    fn stuck(bytes: usize) -> Stuck {
        Stuck(Some(Bytes::from(vec![b' '; bytes])))
    }

    #[tokio::test(start_paused = true)]
    async fn small_bodies_do_not_wait_for_those_that_are_still_to_come() {
        let intake = Intake::new(700, 800, Patience::default());
        let announcing = intake.receive(None, stuck(700), Packing::Plain);
        let begun = Instant::now();
        let small = async {
            tokio::task::yield_now().await;
            assert_eq!(intake.bytes_held(), 700);
            let received = intake.receive(None, whole(100), Packing::Plain).await;
            assert_eq!((received.map(drop), begun.elapsed()), (Ok(()), Duration::ZERO));
        };
        let (announcing, ()) = tokio::join!(announcing, small);
        assert_eq!(announcing.map(drop), Err(BodyError::TooSlow));
        assert_eq!(begun.elapsed().as_secs(), 20, "nobody waited for its room");
    }

    #[tokio::test(start_paused = true)]
    async fn who_stalls_gives_way_to_who_waits_for_the_room() {
        let intake = Intake::new(700, 800, Patience::default());
        let begun = Instant::now();
        let waiting = async {
            tokio::task::yield_now().await;
            let received = intake.receive(None, whole(500), Packing::Plain).await;
            assert_eq!(received.map(drop), Ok(()));
            assert!(begun.elapsed() <= Duration::from_secs(2), "{:?}", begun.elapsed());
        };
        let stalling = intake.receive(None, stuck(700), Packing::Plain);
        let (stalling, ()) = tokio::join!(stalling, waiting);
        assert_eq!(stalling.map(drop), Err(BodyError::TooSlow));
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_that_fill_the_room_together_are_received_one_after_the_other() {
        let intake = Intake::new(1000, 800, Patience::default());
        let pieces = || Ready((0..10).map(|_| Bytes::from(vec![b' '; 100])).collect());
        let receive = || async {
            let received = intake.receive(None, Slowly(pieces(), false), Packing::Plain).await;
            received.map(|received| received.bytes.len())
        };
        let received = tokio::join!(receive(), receive(), receive());
        assert_eq!(received, (Ok(1000), Ok(1000), Ok(1000)));
        assert_eq!(intake.bytes_held(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_room_on_a_connection_that_others_wait_for() {
        let intake = Intake::new(1000, 800, Patience::default());
        let pieces = || Ready((0..10).map(|_| Bytes::from(vec![b' '; 100])).collect());
        let first = intake.receive(None, Slowly(pieces(), false), Packing::Plain).await.unwrap();
        assert_eq!(intake.bytes_held(), 1000, "it is beyond the bound");
        let second = intake.receive(None, Slowly(pieces(), false), Packing::Plain);
        assert!(timeout(Duration::from_secs(3600), second).await.is_err(), "it holds nothing");
        intake.crowded().store(true, Ordering::Relaxed);
        let third = intake.receive(None, Slowly(pieces(), false), Packing::Plain).await;
        assert_eq!(third.map(drop), Err(BodyError::NoRoom));
        drop(first);
        assert_eq!(intake.bytes_held(), 0);
    }

    /// A body that is asked twice for every piece.
    struct Slowly(Ready, bool);

    impl Body for Slowly {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.1 = !self.1;
            if self.1 {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Pin::new(&mut self.0).poll_frame(context)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up() {
        let patience = Patience { body_bytes_per_second_min: 2, ..Patience::default() };
        let intake = Intake::new(1000, 1000, patience);
        let begun = Instant::now();
        let drip = Drip(tokio::time::interval(Duration::from_secs(1)));
        let received = intake.receive(None, drip, Packing::Plain).await;
        assert_eq!(received.map(drop), Err(BodyError::TooSlow));
        // Twenty seconds, and half a second for each byte that came.
        let waited = begun.elapsed();
        assert!((39..=41).contains(&waited.as_secs()), "{waited:?}");
        assert_eq!(intake.bytes_held(), 0);
    }
}
