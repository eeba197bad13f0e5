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
//! - Row keys are built in [`mod@keys`] and nowhere else.
//! - Index rows change in the same commit as their base row and carry its stamp.
//! - Every answer derived from a write, a failed condition and a no-op included, waits until what
//!   it was derived from is durable.
//! - Any of the futures may be dropped at any await: a write is then either carried out whole or
//!   not at all.
//!
//! # Flow
//! Every operation is one file under `operations/` and goes the same four steps: **find** the
//! table, **check** the request against it, **act** on the store, **answer**.

mod background;
mod catalog;
mod clock;
mod database;
mod error;
mod expiry;
mod gate;
mod held;
mod index_changes;
mod indexing;
mod item_rules;
mod key_values;
mod keys;
mod metering;
mod mutation;
mod operations;
mod reading;
mod stamp;
mod stored;
mod streams;
mod table;
mod transactions;
mod transfer;
mod upkeep;
mod writing;

pub use clock::{Clock, Ids};
pub use database::{Db, DbOptions};
pub use expiry::{ExpiryFigures, ExpiryOptions};
pub use operations::{
    BatchAction, BatchGetItem, BatchGetItemAnswer, BatchGetTable, BatchWriteItem,
    BatchWriteItemAnswer, CapacityLimits, DeleteItem, GetItem, GetItemAnswer, GetRecords,
    GetShardIterator, ItemMetrics, ListStreams, ListStreamsAnswer, ListTables, ListTablesAnswer,
    PutItem, Query, Report, Scan, TagResource, TimeToLive, TransactAction, TransactGet,
    TransactGetItems, TransactGetItemsAnswer, TransactOperation, TransactWriteItems,
    TransactWriteItemsAnswer, UntagResource, UpdateItem, UpdateTimeToLive, WriteAnswer,
};
pub use reading::Page;
pub use streams::{Records, ShardPage, StreamFigures, StreamOptions};
pub use transfer::{Adoption, LoadError, Loaded, Loader, StoredTable, VisitedItem};
pub use upkeep::Upkeep;
