//! From a decided change to durable rows.

mod commit;
mod single;

pub(crate) use commit::{Commit, Effect};
pub(crate) use single::unresolved;
