//! The slow store keeps the contract.

#![cfg(feature = "suite")]

use std::sync::atomic::{AtomicU64, Ordering};

use stator_store::slow::SlowStore;
use stator_store::suite::{Harness, Hold};

/// Opens stores of ever new seeds.
struct Slow(fn(u64) -> SlowStore);

struct Held(SlowStore);

static SEED: AtomicU64 = AtomicU64::new(1);

impl Harness for Slow {
    type Store = SlowStore;

    fn fresh(&self) -> SlowStore {
        (self.0)(SEED.fetch_add(1, Ordering::Relaxed))
    }

    fn reopen(&self) -> Option<SlowStore> {
        None
    }

    fn hold(&self, store: &SlowStore) -> Option<Box<dyn Hold>> {
        store.hold();
        Some(Box::new(Held(store.clone())))
    }
}

impl Hold for Held {
    fn release(self: Box<Self>) {
        self.0.release();
    }

    fn fail(self: Box<Self>) {
        self.0.fail_next();
        self.0.release();
    }
}

mod up_to_date {
    use super::*;

    stator_store::contract_tests!(Slow(SlowStore::new));
}

mod lagging {
    use super::*;

    stator_store::contract_tests!(Slow(SlowStore::lagging));
}
