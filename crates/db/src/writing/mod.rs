//! From a decided change to durable rows.

mod commit;
mod single;

pub(crate) use commit::{Commit, Current, Effect};
pub(crate) use single::unresolved;
