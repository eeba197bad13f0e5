//! What the requests of one connection are at, and what its other side has to hear of it.
//!
//! Told by whoever answers them and by the stream, in the connection's own task. Others may look, and
//! ask it to give way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// A connection's requests and answers.
#[derive(Debug)]
pub(crate) struct Exchanges {
    opened: Instant,
    begun: AtomicU64,
    ended: AtomicU64,
    /// When the last one ended, in milliseconds after `opened`.
    ended_ms: AtomicU64,
    /// How many answers the stream has taken whole.
    taken: AtomicU64,
    /// Whether what came last is no request.
    malformed: AtomicBool,
    /// Whether the connection is to end when it is idle.
    gives_way: AtomicBool,
    /// Whom to wake to tell it.
    wakes: Mutex<Option<Waker>>,
}

/// Says that a request is being answered until it is dropped, with the end of the answer.
#[derive(Debug)]
pub(crate) struct Answering(Arc<Exchanges>);

impl Exchanges {
    /// None so far, on a connection opened now.
    pub(crate) fn new() -> Self {
        Self {
            opened: Instant::now(),
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            ended_ms: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            malformed: AtomicBool::new(false),
            gives_way: AtomicBool::new(false),
            wakes: Mutex::default(),
        }
    }

    /// A request's head is there.
    pub(crate) fn begin(self: &Arc<Self>) -> Answering {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(self))
    }

    /// How many requests have come.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// How many are answered, whether or not anybody has taken the answers.
    pub(crate) fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// The stream has taken all answers that there are.
    pub(crate) fn all_taken(&self) {
        self.taken.store(self.ended(), Ordering::Relaxed);
    }

    /// Whether every request that came is answered, and every answer taken.
    pub(crate) fn are_over(&self) -> bool {
        self.begun() == self.taken.load(Ordering::Relaxed)
    }

    /// Since when there is no request, or not even half of one; `None` while one is answered.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        self.are_over().then(|| self.last_ended())
    }

    /// Has the connection end as soon as it is idle.
    pub(crate) fn give_way(&self) {
        self.gives_way.store(true, Ordering::Relaxed);
        if let Some(waker) = self.wakes.lock().take() {
            waker.wake();
        }
    }

    /// Whether the connection is to end when it is idle. To be asked once more after
    /// [`Exchanges::woken_by`].
    pub(crate) fn gives_way(&self) -> bool {
        self.gives_way.load(Ordering::Relaxed)
    }

    /// Says whom to wake when the connection is to give way.
    pub(crate) fn woken_by(&self, waker: &Waker) {
        *self.wakes.lock() = Some(waker.clone());
    }

    /// When the last one was answered.
    pub(crate) fn last_ended(&self) -> Instant {
        self.opened + Duration::from_millis(self.ended_ms.load(Ordering::Relaxed))
    }

    /// Notes that what came is no request.
    pub(crate) fn refuse(&self) {
        self.malformed.store(true, Ordering::Relaxed);
    }

    /// Whether what came last is no request.
    pub(crate) fn is_malformed(&self) -> bool {
        self.malformed.load(Ordering::Relaxed)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let ended_ms = u64::try_from(self.0.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.ended_ms.store(ended_ms, Ordering::Relaxed);
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}
