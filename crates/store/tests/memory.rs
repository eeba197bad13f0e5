//! The in-memory store keeps the contract.

#![cfg(feature = "suite")]

use stator_store::MemoryStore;
use stator_store::suite::{Harness, Hold};

struct InMemory;

impl Harness for InMemory {
    type Store = MemoryStore;

    fn fresh(&self) -> MemoryStore {
        MemoryStore::new()
    }

    fn reopen(&self) -> Option<MemoryStore> {
        None
    }

    fn hold(&self, _store: &MemoryStore) -> Option<Box<dyn Hold>> {
        None
    }
}

stator_store::contract_tests!(InMemory);
