//! Connections whose other side does not keep up are ended.
//!
//! A connection may be idle for long, but once a request's head has begun it must come soon, and
//! an answer must be taken. Bodies are looked after where they are read, in `body`. While a request
//! is being answered nothing is asked of the client.
//!
//! The stream sees two things that hyper does not tell: how the lines of a head end, and that hyper
//! is about to refuse what is no request.
//!
//! Nothing here costs a busy connection more than a look at a timer: there is one for each, set
//! anew only when it has run out or something shorter is due.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::exchanges::Exchanges;
use super::line_ends::LineEnds;
use crate::http::{Pace, Patience};

/// A stream that fails, or ends, when its other side has exhausted our patience.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    patience: Patience,
    exchanges: Arc<Exchanges>,
    /// How many requests had come when `heard` and `head_since` were last true.
    known: u64,
    /// Whether bytes came that belong to no known request.
    heard: bool,
    /// Since when such bytes are waited for.
    head_since: Option<Instant>,
    /// The lines of the head that is waited for.
    lines: LineEnds,
    /// How fast the answer is taken that the stream did not take at once.
    pace: Option<Pace>,
    /// When such an answer had gone.
    gone: Option<Instant>,
    alarm: Pin<Box<Sleep>>,
    /// Whom the alarm wakes.
    wakes: Waker,
}

/// What is waited for from the client.
#[derive(Debug, Clone, Copy)]
enum Awaited {
    Request { since: Instant },
    Head { since: Instant },
}

impl<S> Paced<S> {
    pub(crate) fn new(stream: S, patience: Patience, exchanges: Arc<Exchanges>) -> Self {
        Self {
            stream,
            patience,
            exchanges,
            known: 0,
            heard: false,
            head_since: None,
            lines: LineEnds::default(),
            pace: None,
            gone: None,
            alarm: Box::pin(sleep(patience.head)),
            wakes: Waker::noop().clone(),
        }
    }

    /// The stream itself.
    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    /// What the client owes us; nothing while it waits for an answer.
    fn awaited(&mut self) -> Option<Awaited> {
        let begun = self.know_requests();
        let ended = self.exchanges.ended();
        assert!(ended <= begun, "an exchange that ends has begun");
        if begun != ended {
            return None;
        }
        // A connection is opened to say something.
        if self.heard || begun == 0 {
            let since = *self.head_since.get_or_insert_with(Instant::now);
            return Some(Awaited::Head { since });
        }
        let ended = self.exchanges.last_ended();
        Some(Awaited::Request { since: self.gone.map_or(ended, |gone| gone.max(ended)) })
    }

    /// How many requests have come; after another one, what is heard belongs to the next.
    fn know_requests(&mut self) -> u64 {
        let begun = self.exchanges.begun();
        if begun != self.known {
            (self.known, self.heard, self.head_since) = (begun, false, None);
            self.lines = LineEnds::default();
        }
        begun
    }

    /// Ready when the alarm has gone off. Until then it is told only once whom to wake.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.alarm.is_elapsed() && self.wakes.will_wake(context.waker()) {
            return Poll::Pending;
        }
        let alarm = self.alarm.as_mut().poll(context);
        let wakes = if alarm.is_pending() { context.waker() } else { Waker::noop() };
        self.wakes.clone_from(wakes);
        self.exchanges.woken_by(wakes);
        alarm
    }

    /// Ready when `deadline` has passed.
    fn poll_passed(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        loop {
            if self.alarm.deadline() > deadline {
                self.alarm.as_mut().reset(deadline);
            }
            ready!(self.poll_alarm(context));
            if self.alarm.deadline() >= deadline {
                return Poll::Ready(());
            }
            // It was set for something that has come meanwhile.
            self.alarm.as_mut().reset(deadline);
        }
    }

    /// Sees to it that the alarm goes off at some time: nothing else has the stream looked at when
    /// an answer is given and nothing follows.
    fn look_again(&mut self, context: &mut Context<'_>) {
        while self.poll_alarm(context).is_ready() {
            self.alarm.as_mut().reset(Instant::now() + self.patience.idle);
        }
    }

    fn poll_reading_given_up(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let awaited = self.awaited();
        match self.poll_waited_out(awaited, context) {
            // As if the client had closed it.
            Poll::Pending if awaited.is_some() && self.exchanges.gives_way() => Poll::Ready(Ok(())),
            given_up => given_up,
        }
    }

    fn poll_waited_out(
        &mut self,
        awaited: Option<Awaited>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(match awaited {
            None => {
                self.look_again(context);
                return Poll::Pending;
            }
            Some(Awaited::Request { since }) => {
                ready!(self.poll_passed(context, since + self.patience.idle));
                // As if the client had closed it.
                Ok(())
            }
            Some(Awaited::Head { since }) => {
                ready!(self.poll_passed(context, since + self.patience.head));
                Err(too_slow("the head of a request did not come in time"))
            }
        })
    }

    /// Whether what is to be written is hyper's own word on something that is no request: a status
    /// without a body. It is kept back, and the connection's end says more.
    fn is_refusal(&self) -> bool {
        let refusal = self.exchanges.are_over();
        if refusal {
            self.exchanges.refuse();
        }
        refusal
    }

    /// `written`, unless the other side takes too little for too long.
    fn in_time(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match (&written, &mut self.pace) {
            (Poll::Ready(Ok(bytes)), Some(pace)) => pace.moved(*bytes, Instant::now()),
            (Poll::Ready(_), _) => {}
            (Poll::Pending, pace) => {
                let begin = || Pace::begin(self.patience.for_answer(), Instant::now());
                let deadline = pace.get_or_insert_with(begin).deadline();
                ready!(self.poll_passed(context, deadline));
                return Poll::Ready(Err(too_slow("an answer was not taken in time")));
            }
        }
        written
    }

    /// The stream has taken all that there was.
    fn all_taken(&mut self) {
        self.exchanges.all_taken();
        if self.pace.take().is_some() {
            self.gone = Some(Instant::now());
        }
    }
}

fn too_slow(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                if this.exchanges.are_over() {
                    this.know_requests();
                    if !this.lines.are_whole(&buffer.filled()[before..]) {
                        this.exchanges.refuse();
                        return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                    }
                }
                this.heard = true;
                Poll::Ready(read)
            }
            Poll::Pending => this.poll_reading_given_up(context),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.is_refusal() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.in_time(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.is_refusal() {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.in_time(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        if let Poll::Ready(Ok(())) = flushed {
            this.all_taken();
        }
        this.in_time(context, flushed.map_ok(|()| 0)).map_ok(|_| ())
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.exchanges.is_malformed() {
            // There is something to say yet.
            return Poll::Ready(Ok(()));
        }
        let shut = Pin::new(&mut this.stream).poll_shutdown(context);
        this.in_time(context, shut.map_ok(|()| 0)).map_ok(|_| ())
    }
}
