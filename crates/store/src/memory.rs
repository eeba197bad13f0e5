//! The in-memory store.
/// A BTreeMap behind the contract.
#[derive(Debug)]
pub struct MemoryStore;
