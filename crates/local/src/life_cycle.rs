//! The life of a store, as one state machine.
//!
//! ```text
//!  Serving ── a commit failed ──▶ ReadOnly ───▶ Reopening ── not opened ──▶ Unreadable
//!     ▲                                          │     ▲                        │
//!     └───────────────── opened ─────────────────┘     └────── tried again ─────┘
//!
//!  any of them ── a close is asked for ──▶ Closing ── all is worked off ──▶ Stopped
//!  any of them ── damage, a bug ──────────────────────────────────────────▶ Stopped
//! ```
//!
//! Steps are taken under the lock of the store's intake, so that nothing is queued beside them.
//! Readers look at the state without a lock.

use std::sync::Arc;

use arc_swap::ArcSwap;
use store::{Health, StoreError};
use tokio::sync::Notify;

/// Where a store with engines of the kind `E` is in its life.
#[derive(Debug)]
pub(crate) enum State<E> {
    /// It reads and writes.
    Serving(Arc<E>),
    /// The engine's commits failed; what it shows is what was durable before.
    ReadOnly { engine: Arc<E>, refusal: StoreError },
    /// The engine is being opened anew, which takes a moment: readers wait.
    Reopening { refusal: StoreError },
    /// The engine could not be opened anew, and nobody knows when it can be.
    Unreadable { refusal: StoreError },
    /// Nothing is taken any more; what is queued is being worked off.
    Closing,
    /// Nothing goes on, for that reason.
    Stopped(StoreError),
}

/// What takes a store from one state to the next.
#[derive(Debug)]
pub(crate) enum Event<E> {
    /// A commit failed; writes are refused with that error.
    CommitFailed(StoreError),
    /// The engine that failed is about to be closed.
    ReopenBegun,
    /// An engine was opened from what is on disk.
    Reopened(Arc<E>),
    /// None could be opened.
    ReopenFailed,
    /// The store is to close.
    CloseAsked,
    /// The store ends here.
    Ended(StoreError),
}

/// The state of one store.
pub(crate) struct LifeCycle<E> {
    state: ArcSwap<State<E>>,
    changed: Notify,
}

/// What a store answers whoever comes too late.
pub(crate) fn closed() -> StoreError {
    StoreError::stopped("it was closed")
}

impl<E> State<E> {
    /// The engine to read from; `None` if the reader is to wait.
    fn readable(&self) -> Result<Option<&Arc<E>>, StoreError> {
        match self {
            Self::Serving(engine) | Self::ReadOnly { engine, .. } => Ok(Some(engine)),
            Self::Reopening { .. } => Ok(None),
            Self::Unreadable { refusal } => Err(StoreError::stopped(refusal.to_string())),
            Self::Closing => Err(closed()),
            Self::Stopped(reason) => Err(reason.clone()),
        }
    }

    /// The engine to decide writes with.
    pub(crate) fn writable(&self) -> Result<&Arc<E>, StoreError> {
        match self {
            Self::Serving(engine) => Ok(engine),
            Self::ReadOnly { refusal, .. }
            | Self::Reopening { refusal }
            | Self::Unreadable { refusal } => Err(refusal.clone()),
            Self::Closing => Err(closed()),
            Self::Stopped(reason) => Err(reason.clone()),
        }
    }

    pub(crate) fn is_closing(&self) -> bool {
        matches!(self, Self::Closing)
    }

    /// Whether a commit has failed and nothing was opened anew yet.
    pub(crate) fn is_read_only(&self) -> bool {
        matches!(self, Self::ReadOnly { .. } | Self::Reopening { .. } | Self::Unreadable { .. })
    }

    /// The error that whoever comes now gets, whatever it wants; `None` while anything is served.
    pub(crate) fn end(&self) -> Option<StoreError> {
        match self {
            Self::Closing => Some(closed()),
            Self::Stopped(reason) => Some(reason.clone()),
            _ => None,
        }
    }

    pub(crate) fn health(&self) -> Health {
        match self {
            Self::Serving(_) => Health::Serving,
            Self::ReadOnly { refusal, .. } | Self::Reopening { refusal } => {
                Health::ReadOnly { reason: refusal.to_string().into() }
            }
            Self::Unreadable { refusal } => Health::Stopped { reason: refusal.to_string().into() },
            Self::Closing => Health::Stopped { reason: closed().to_string().into() },
            Self::Stopped(reason) => Health::Stopped { reason: reason.to_string().into() },
        }
    }

    /// The state behind `event`; `None` when it stays as it is: a store that closes, or has stopped,
    /// does so whatever else goes on.
    fn after(&self, event: Event<E>) -> Option<Self> {
        Some(match (self, event) {
            (Self::Stopped(_), _) => return None,
            (_, Event::Ended(reason)) => Self::Stopped(reason),
            (Self::Closing, _) => return None,
            (_, Event::CloseAsked) => Self::Closing,
            (Self::Serving(engine), Event::CommitFailed(refusal)) => {
                Self::ReadOnly { engine: Arc::clone(engine), refusal }
            }
            (Self::ReadOnly { refusal, .. } | Self::Unreadable { refusal }, Event::ReopenBegun) => {
                Self::Reopening { refusal: refusal.clone() }
            }
            (Self::Reopening { .. }, Event::Reopened(engine)) => Self::Serving(engine),
            (Self::Reopening { refusal }, Event::ReopenFailed) => {
                Self::Unreadable { refusal: refusal.clone() }
            }
            _ => unreachable!("an engine fails once, is opened anew once, and serves again once"),
        })
    }
}

impl<E> LifeCycle<E> {
    /// The life of a store that serves.
    pub(crate) fn new(engine: Arc<E>) -> Self {
        Self { state: ArcSwap::from_pointee(State::Serving(engine)), changed: Notify::new() }
    }

    /// The state as it is now.
    pub(crate) fn state(&self) -> arc_swap::Guard<Arc<State<E>>> {
        self.state.load()
    }

    /// The engine to read from, once it can be told.
    pub(crate) async fn engine(&self) -> Result<Arc<E>, StoreError> {
        loop {
            let changed = self.changed.notified();
            if let Some(engine) = self.state().readable()? {
                return Ok(Arc::clone(engine));
            }
            changed.await;
        }
    }

    /// Goes to the state behind `event`. The caller keeps others from doing so at the same time.
    pub(crate) fn step(&self, event: Event<E>) {
        if let Some(next) = self.state().after(event) {
            self.state.store(Arc::new(next));
            self.changed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn life() -> LifeCycle<&'static str> {
        LifeCycle::new(Arc::new("first"))
    }

    fn failed() -> Event<&'static str> {
        Event::CommitFailed(StoreError::read_only("the disk is full"))
    }

    fn read_now(life: &LifeCycle<&'static str>) -> Poll<Result<&'static str, StoreError>> {
        let mut context = Context::from_waker(Waker::noop());
        let engine = std::pin::pin!(life.engine()).poll(&mut context);
        engine.map_ok(|engine| *engine)
    }

    #[test]
    fn a_store_that_fails_reads_on_and_serves_again_with_another_engine() {
        let life = life();
        life.step(failed());
        assert!(matches!(read_now(&life), Poll::Ready(Ok("first"))));
        assert!(matches!(life.state().writable(), Err(StoreError::ReadOnly { .. })));
        life.step(Event::ReopenBegun);
        assert!(read_now(&life).is_pending());
        assert!(matches!(life.state().health(), Health::ReadOnly { .. }));
        life.step(Event::Reopened(Arc::new("second")));
        assert!(matches!(read_now(&life), Poll::Ready(Ok("second"))));
        assert_eq!(**life.state().writable().unwrap(), "second");
    }

    #[test]
    fn an_engine_that_does_not_open_is_tried_again() {
        let life = life();
        for event in [failed(), Event::ReopenBegun, Event::ReopenFailed] {
            life.step(event);
        }
        assert!(matches!(read_now(&life), Poll::Ready(Err(StoreError::Stopped { .. }))));
        assert!(matches!(life.state().writable(), Err(StoreError::ReadOnly { .. })));
        assert!(life.state().end().is_none());
        life.step(Event::ReopenBegun);
        life.step(Event::Reopened(Arc::new("second")));
        assert_eq!(life.state().health(), Health::Serving);
    }

    #[test]
    fn whoever_waits_for_an_engine_hears_that_there_will_be_none() {
        let life = life();
        life.step(failed());
        life.step(Event::ReopenBegun);
        let mut context = Context::from_waker(Waker::noop());
        let mut waiting = std::pin::pin!(life.engine());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        life.step(Event::CloseAsked);
        assert!(matches!(waiting.poll(&mut context), Poll::Ready(Err(StoreError::Stopped { .. }))));
    }

    #[test]
    fn a_store_that_closes_does_so_whatever_else_goes_on_and_keeps_its_first_reason() {
        let life = life();
        life.step(failed());
        life.step(Event::ReopenBegun);
        life.step(Event::CloseAsked);
        life.step(Event::Reopened(Arc::new("second")));
        assert!(life.state().is_closing());
        life.step(Event::Ended(StoreError::stopped("first reason")));
        life.step(Event::Ended(StoreError::stopped("second reason")));
        let reason = life.state().end().unwrap().to_string();
        assert!(reason.contains("first reason"), "{reason}");
        assert!(matches!(life.state().health(), Health::Stopped { .. }));
    }

    #[test]
    #[should_panic(expected = "an engine fails once")]
    fn an_engine_that_serves_is_not_opened_anew() {
        life().step(Event::ReopenBegun);
    }
}
