//! Reading: Query and Scan, which read a run of rows of a table or index, a page at a time, and the
//! records of streams.
//!
//! Flow: [`Source`] is what is read, [`PartitionBounds`] or a hash range which part of it,
//! [`start`] where to go on, [`Selection`] what to answer, [`Walk`] does it.

mod bounds;
mod change_log;
mod iterator;
mod page;
mod selection;
mod source;
pub(crate) mod start;
mod stream;

pub(crate) use bounds::{PartitionBounds, RangeTest};
pub use change_log::{ChangeLog, LoggedChange};
pub(crate) use iterator::LIFETIME_MS as ITERATOR_LIFETIME_MS;
pub use iterator::ShardIterator;
pub use page::Page;
pub(crate) use page::Walk;
pub(crate) use selection::{Selection, check_select};
pub(crate) use source::Source;

/// What a request's consistency asks of the store.
pub(crate) fn consistency_of(consistency: model::Consistency) -> store::Consistency {
    match consistency {
        model::Consistency::Strong => store::Consistency::Strong,
        model::Consistency::Eventual => store::Consistency::Eventual,
    }
}
