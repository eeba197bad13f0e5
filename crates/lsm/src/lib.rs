//! A tree of sealed tables: rows on disk in the order of their keys, encrypted, durable, and written
//! by one writer while any number read.
//!
//! What it is: [`Tree`], a log-structured merge tree over opaque keys and values in one directory.
//!
//! What it is not: it takes no locks on rows, knows no transactions beyond one commit, and does not
//! keep two processes out of a directory; its caller does.
//!
//! ```text
//! commit ─► log (sealed, synced) ─► active memtable ─► visible
//!                                        │ full
//!                                        ▼
//!                                   frozen memtable ──flush──► level 0 ──merge──► … level 6
//!
//! read ◄── active, frozen, level 0, …, level 6: the first that has the key
//! ```
//!
//! # Invariants
//! - A commit is visible after it is durable in the log, and all of it at once ([`Tree::commit`]).
//! - Of two rows with one key the newer lies further up. Merges keep the order: they take from a
//!   level what lies lowest ([`merging`]).
//! - A file is written once and never changed, but for the watermark, and for a torn tail that is cut
//!   off; the manifest, which is exchanged whole, says which count. Whatever it does not name is left
//!   from a crash and removed when the tree is opened.
//! - Every byte of a row is sealed before it reaches a file ([`seal`]).
//! - A log segment goes after the manifest names the table of its rows.
//! - A log that ends before what was durable a second ago does not open ([`watermark`]).
//! - A commit that failed is not there when the tree is opened again, if anything can be written.
//! - Writers are slowed in proportion to what waits to be merged, and do not stop ([`pace`]).
//!
//! # Threads
//! One flushes, two merge, and give way to all others; one writes the watermark. Or there are none, and
//! the caller takes each step ([`Stepper`]). Reads run on their callers' threads, commits on
//! their caller's. A read that has to wait for the disk says so first ([`disk`]).

mod background;
mod block;
mod cache;
mod core;
mod direction;
mod directory;
mod disk;
mod error;
mod extent;
mod files;
mod filter;
mod flushing;
mod log;
mod manifest;
mod memtable;
mod merging;
mod options;
mod output;
mod pace;
mod picking;
mod removed;
mod rows;
mod seal;
mod secret;
mod signals;
mod snapshot;
mod snapshots;
mod source;
mod stepper;
mod table;
#[cfg(test)]
mod tests;
mod tree;
mod view;
mod watermark;

pub use direction::Direction;
pub use disk::Wait;
pub use error::TreeError;
pub use files::{Access, Files, OpenFile, SystemFiles};
pub use options::TreeOptions;
pub use rows::{Advance, RowRef, Rows};
pub use secret::SecretKey;
pub use snapshot::Snapshot;
pub use stepper::{Background, Step, Stepper};
pub use tree::Tree;
