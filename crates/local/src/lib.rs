//! The embedded engine behind the storage contract, durable and encrypted.
//!
//! What it is: [`LocalStore`], a [`store::Store`] over one data directory on this machine.
//!
//! What it is not: it makes no key and reads no key file (the caller brings a [`RootKey`]), and it
//! knows no item.
//!
//! # Invariants
//! - One process owns a directory, from before the first byte is read until the engine is closed.
//!   The system's lock on a file says so (`directory`); another process can't be asked.
//! - Every byte of every row, its key included, is sealed before it reaches a file. The root key
//!   seals a random data key in the marker file; the data key seals the engine's files. The engine
//!   seals them where nothing here sees it: tests look into the files instead.
//! - The engine has one writer, the committer. The [`queue`] asserts that one batch is made durable at
//!   a time.
//! - A ticket is resolved after the fsync of the commit that carries its atom: asserted as far as
//!   only a batch that was taken can land, and batches land in their order. Whether the disk has
//!   the bytes is for the power cuts of `cargo xtask test` to find out.
//! - After a failed commit nothing more is acknowledged until the engine was opened anew from what
//!   is on disk and the failed commit is known not to be there. Asserted where a batch lands and in
//!   each step of the [`life_cycle`].
//!
//! # Flow
//! A guard reads through the [`queue`] (what is submitted and not yet durable) to the [`engine`].
//! Submitting puts the atom's changes into the youngest batch of the queue and wakes the
//! [`committer`]. While one batch is being made durable the next one collects, so writers share
//! fsyncs and a hot row costs one engine write per batch, not one per update. Sums and the ends of
//! logs are read by the committer ([`resolving`]): nobody waits for a file under a lock. Reads outside
//! a guard go to the engine alone, take no lock here, and run on the caller's thread; where one has to
//! wait for the disk, another thread takes over the caller's other tasks
//! ([`store::relieved_of_tasks`]).
//!
//! The committer has a thread of its own, for a commit blocks until the disk has it; the engine's
//! threads flush and merge beside it. A simulator has all of them in one thread ([`Workers`]). No
//! request's future carries a commit, so a client that goes away takes nothing with it.

#[cfg(test)]
mod barrier;
mod batch;
mod committer;
mod directory;
mod engine;
mod error;
mod figures;
mod life_cycle;
mod marker;
mod options;
mod queue;
mod recovery;
mod resolving;
mod rotation;
mod runtime;
mod seen;
mod shared;
mod store;
#[cfg(test)]
mod tests;

pub use error::LocalError;
pub use options::{LocalOptions, RootKey, Workers};
pub use rotation::{Copied, Rotation};
pub use store::{LocalGuard, LocalSnapshot, LocalStore};
