//! What an operation means.
//!
//! What it is: [`Db`] carries out resolved requests (no placeholder text is left in them) over any
//! [`store::Store`]: the catalog, items and their conditions, queries, indexes, batches,
//! transactions and the capacity each of them consumed.
//!
//! What it is not: it knows no JSON, no socket and no engine, and it reads no clock and rolls no
//! dice of its own: [`Clock`] and [`Ids`] are given to it.
//!
//! # Invariants
//! - Row keys are built in [`layout::keys`] and nowhere else.
//! - Index rows change in the same commit as their base row and carry its stamp.
//! - Every answer derived from a write, a failed condition and a no-op included, waits until what
//!   it was derived from is durable.
//! - Any of the futures may be dropped at any await: a write is then either carried out whole or
//!   not at all.
//!
//! # Floors
//! A module imports those below it; `cargo xtask tidy` finds circles.
//!
//! ```text
//! leaders     what time and UpdateTable began, led to its end    transfer   whole tables, in and out
//! operations  one file each: find → check → act → answer
//! reading     queries, scans, change records
//! database    the parts, together
//! catalog     which tables and streams there are
//! metering    what requests consume
//! maintained  index entries, expiry entries, change records: in step with items
//! session     the one way in which rows are written
//! schema      a table in use, and what is demanded of its items
//! layout      names of rows, and the bytes of their values
//! ```

mod background;
mod catalog;
mod clock;
mod database;
mod error;
mod held;
mod layout;
mod leaders;
mod maintained;
mod metering;
mod operations;
mod pace;
mod reading;
mod schema;
mod session;
mod tags;
mod tokens;
mod transfer;

pub use catalog::{NamedTable, SchemaView, StreamFigures, StreamOptions};
pub use clock::{Clock, Ids};
pub use database::{Db, DbOptions, ExpiryOptions};
pub use leaders::{ExpiryFigures, Upkeep};
pub use operations::{
    BatchGetItem, BatchGetItemAnswer, BatchGetTable, BatchWriteItem, BatchWriteItemAnswer,
    DeleteItem, GetItem, GetItemAnswer, GetRecords, ItemMetrics, PutItem, Query, Report, Scan,
    TransactAction, TransactGet, TransactGetItems, TransactGetItemsAnswer, TransactOperation,
    TransactWriteItems, TransactWriteItemsAnswer, UpdateItem, WriteAnswer,
};
pub use reading::{ChangeLog, LoggedChange, Page, ShardIterator};
pub use schema::stream::Pin;
pub use transfer::{Adoption, LoadError, Loaded, Loader, StoredTable, VisitedItem};
