//! Connections whose other side does not keep up are ended.
//!
//! A connection may be idle for long, but once a request's head has begun it must come soon, and
//! an answer must be taken. Bodies are looked after where they are read, in `body`. While a request
//! is being answered nothing is asked of the client.
//!
//! Nothing here costs a busy connection more than a look at a timer: there is one for each, set
//! anew only when it has run out or something shorter is due.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::http::Patience;

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
    /// Since when the stream takes no more of an answer.
    stalled: Option<Instant>,
    /// When it took more again.
    taken: Option<Instant>,
    alarm: Pin<Box<Sleep>>,
    /// Whom the alarm wakes.
    wakes: Waker,
}

/// What a connection's requests are at, told by whoever answers them. All of it happens in the
/// connection's own task.
#[derive(Debug)]
pub(crate) struct Exchanges {
    opened: Instant,
    begun: AtomicU64,
    ended: AtomicU64,
    /// When the last one ended, in milliseconds after `opened`.
    ended_ms: AtomicU64,
}

/// Says that a request is being answered until it is dropped.
#[derive(Debug)]
pub(crate) struct Answering(Arc<Exchanges>);

/// What is waited for from the client.
#[derive(Debug, Clone, Copy)]
enum Awaited {
    Request { since: Instant },
    Head { since: Instant },
}

impl Exchanges {
    /// None so far, on a connection opened now.
    pub(crate) fn new() -> Self {
        Self {
            opened: Instant::now(),
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            ended_ms: AtomicU64::new(0),
        }
    }

    /// A request's head is there.
    pub(crate) fn begin(self: &Arc<Self>) -> Answering {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(self))
    }

    fn last_ended(&self) -> Instant {
        self.opened + Duration::from_millis(self.ended_ms.load(Ordering::Relaxed))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let ended_ms = u64::try_from(self.0.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.ended_ms.store(ended_ms, Ordering::Relaxed);
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
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
            stalled: None,
            taken: None,
            alarm: Box::pin(sleep(patience.head)),
            wakes: Waker::noop().clone(),
        }
    }

    /// What the client owes us; nothing while it waits for an answer.
    fn awaited(&mut self) -> Option<Awaited> {
        let begun = self.exchanges.begun.load(Ordering::Relaxed);
        if begun != self.known {
            (self.known, self.heard, self.head_since) = (begun, false, None);
        }
        let ended = self.exchanges.ended.load(Ordering::Relaxed);
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
        Some(Awaited::Request { since: self.taken.map_or(ended, |taken| taken.max(ended)) })
    }

    /// Ready when the alarm has gone off. Until then it is told only once whom to wake.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.alarm.is_elapsed() && self.wakes.will_wake(context.waker()) {
            return Poll::Pending;
        }
        let alarm = self.alarm.as_mut().poll(context);
        let wakes = if alarm.is_pending() { context.waker() } else { Waker::noop() };
        self.wakes.clone_from(wakes);
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
        Poll::Ready(match self.awaited() {
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

    /// `written`, unless the other side has taken nothing for too long.
    fn in_time(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            if self.stalled.take().is_some() {
                self.taken = Some(Instant::now());
            }
            return written;
        }
        let since = *self.stalled.get_or_insert_with(Instant::now);
        ready!(self.poll_passed(context, since + self.patience.write));
        Poll::Ready(Err(too_slow("an answer was not taken in time")))
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
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
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
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.in_time(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.in_time(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        this.in_time(context, flushed.map_ok(|()| 0)).map_ok(|_| ())
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.stream).poll_shutdown(context);
        this.in_time(context, shut.map_ok(|()| 0)).map_ok(|_| ())
    }
}
