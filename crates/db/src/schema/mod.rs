//! A table in use: what its writers and readers must know of it, and what is demanded of its items.
//!
//! What it is: [`Table`] is one version of a table, with the [`Index`]es, the [`expiry`] and the
//! [`stream`] that its writers maintain; its gate keeps writers out while one of these comes or
//! goes. [`item_rules`] checks keys and items against it.
//!
//! What it is not: it reads and writes no row. What a write does to an index is said in
//! `maintained`, how a table changes in `catalog`.

pub(crate) mod expiry;
mod gate;
mod index;
pub(crate) mod item_rules;
mod spaces;
pub(crate) mod stream;
mod table;

pub(crate) use index::{Index, Projected, key_names};
pub(crate) use spaces::Spaces;
pub(crate) use table::{Entered, StoredStatus, Table};
