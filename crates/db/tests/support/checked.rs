//! Databases of tests, looked at when they are dropped.
//!
//! A test opens its databases with [`open`](super::open), over a slow store that an
//! [`inspector`](super::inspector) watches. When the database is dropped nothing may have broken the
//! contract, and what it holds in memory must be what one that is opened anew over the same rows
//! holds. For that nothing may be on its way any more: a test that ends earlier says so with
//! [`Db::abandon`].

use std::ops::Deref;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::thread;

use store::slow::SlowStore;
use store::{Counting, Store};

use super::{TestClock, options};

/// A store that tests can look into.
pub(crate) trait Slow: Store {
    fn slow(&self) -> &SlowStore;
}

impl Slow for SlowStore {
    fn slow(&self) -> &SlowStore {
        self
    }
}

impl Slow for Counting<SlowStore> {
    fn slow(&self) -> &SlowStore {
        self.inner()
    }
}

/// A database that is looked at when it is dropped.
pub(crate) struct Db<S: Slow> {
    db: stator_db::Db<S>,
    store: SlowStore,
    clock: TestClock,
    /// Which of the users of the store it is.
    user: u64,
    is_abandoned: AtomicBool,
}

impl<S: Slow> Db<S> {
    pub(crate) async fn open(store: S, clock: &TestClock) -> Self {
        let (slow, clock) = (store.slow().clone(), clock.clone());
        let user = slow.note_user();
        let db = stator_db::Db::open(store, options(&clock)).await.unwrap();
        Self { db, store: slow, clock, user, is_abandoned: AtomicBool::default() }
    }

    /// Something is still on its way when this is dropped: only the atoms are looked at then.
    pub(crate) fn abandon(&self) {
        self.is_abandoned.store(true, Ordering::Relaxed);
    }

    /// Whether somebody else has opened the store since.
    fn is_superseded(&self) -> bool {
        self.store.users() > self.user
    }

    fn is_at_rest(&self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        let is_settled = pin!(self.db.settled()).poll(&mut context).is_ready();
        is_settled && self.store.tickets_waiting() == 0
    }

    /// What a database holds that is opened over a copy of the rows.
    fn held_by_another(&self) -> String {
        let (copy, options) = (self.store.copy(), options(&self.clock));
        let open = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            runtime
                .unwrap()
                .block_on(async { stator_db::Db::open(copy, options).await.unwrap().held() })
        };
        // A runtime cannot be run within another one.
        thread::spawn(open).join().unwrap()
    }
}

impl<S: Slow> Deref for Db<S> {
    type Target = stator_db::Db<S>;

    fn deref(&self) -> &stator_db::Db<S> {
        &self.db
    }
}

impl<S: Slow> Drop for Db<S> {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let violations = self.store.violations();
        assert!(violations.is_empty(), "{}", violations.join("\n"));
        if self.is_superseded() || self.is_abandoned.load(Ordering::Relaxed) {
            return;
        }
        assert!(self.is_at_rest(), "a test ends when nothing is on its way, or abandons it");
        let (held, expected) = (self.db.held(), self.held_by_another());
        assert!(held == expected, "{held}\nis held in memory, but in the store is\n{expected}");
    }
}
