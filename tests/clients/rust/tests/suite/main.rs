//! The Rust SDK against the server under test, as its users write it.

mod batches;
mod embedded;
mod items;
mod queries;
mod tables;
mod transactions;
