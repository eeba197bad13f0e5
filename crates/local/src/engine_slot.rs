//! The one place of the engine in use: readers take it from here, and after a failed write it is
//! exchanged for one that was opened anew.

use std::sync::Arc;

use parking_lot::RwLock;
use store::{Health, StoreError};
use tokio::sync::Notify;

use crate::engine::Engine;

/// The engine, or why there is none.
pub(crate) struct EngineSlot {
    state: RwLock<State>,
    changed: Notify,
}

enum State {
    Serving(Arc<Engine>),
    /// Its commits failed; what it shows is what was durable before.
    ReadOnly {
        engine: Arc<Engine>,
        reason: Arc<str>,
    },
    /// It is being opened anew, which takes a moment: readers wait.
    Exchanging,
    /// The engine could not be opened anew, and nobody knows when it can be.
    Empty {
        reason: Arc<str>,
    },
}

impl EngineSlot {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { state: RwLock::new(State::Serving(Arc::new(engine))), changed: Notify::new() }
    }

    /// The engine to read from.
    pub(crate) async fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        loop {
            let changed = self.changed.notified();
            match &*self.state.read() {
                State::Serving(engine) | State::ReadOnly { engine, .. } => {
                    return Ok(Arc::clone(engine));
                }
                State::Empty { reason } => return Err(StoreError::stopped(Arc::clone(reason))),
                State::Exchanging => {}
            }
            changed.await;
        }
    }

    /// The engine to read from or to commit to, unless it is being exchanged.
    pub(crate) fn engine_now(&self) -> Option<Arc<Engine>> {
        match &*self.state.read() {
            State::Serving(engine) | State::ReadOnly { engine, .. } => Some(Arc::clone(engine)),
            State::Exchanging | State::Empty { .. } => None,
        }
    }

    pub(crate) fn health(&self) -> Health {
        match &*self.state.read() {
            State::Serving(_) => Health::Serving,
            State::ReadOnly { reason, .. } => Health::ReadOnly { reason: Arc::clone(reason) },
            State::Exchanging => Health::ReadOnly { reason: "the files are reopened".into() },
            State::Empty { reason } => Health::Stopped { reason: Arc::clone(reason) },
        }
    }

    /// Keeps the engine for reading alone.
    pub(crate) fn keep_for_reading(&self, reason: Arc<str>) {
        if let Some(engine) = self.engine_now() {
            let former = self.change(State::ReadOnly { engine, reason });
            assert!(matches!(former, State::Serving(_)), "an engine fails once, and is exchanged");
        }
    }

    /// Has readers wait from now on; those that read go on with what they took.
    pub(crate) fn begin_exchange(&self) -> Option<Arc<Engine>> {
        match self.change(State::Exchanging) {
            State::ReadOnly { engine, .. } => Some(engine),
            State::Empty { .. } => None,
            State::Serving(_) => unreachable!("an engine that serves is not exchanged"),
            State::Exchanging => unreachable!("one exchange ends before the next begins"),
        }
    }

    /// Ends an exchange.
    pub(crate) fn put(&self, engine: Engine) {
        let former = self.change(State::Serving(Arc::new(engine)));
        assert!(matches!(former, State::Exchanging), "the former engine was taken away before");
    }

    /// Ends an exchange without an engine.
    pub(crate) fn leave_empty(&self, reason: Arc<str>) {
        let former = self.change(State::Empty { reason });
        assert!(matches!(former, State::Exchanging), "no engine in use is dropped");
    }

    /// Ends an exchange that nobody will: whoever was at it has died.
    pub(crate) fn abandon_exchange(&self, reason: Arc<str>) {
        let is_exchanging = matches!(*self.state.read(), State::Exchanging);
        if is_exchanging {
            self.leave_empty(reason);
        }
    }

    fn change(&self, state: State) -> State {
        let former = std::mem::replace(&mut *self.state.write(), state);
        self.changed.notify_waiters();
        former
    }
}
