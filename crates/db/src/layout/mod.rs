//! How data lies in the store: names of rows, and the bytes of their values.
//!
//! What it is: [`keys`] builds every row name, [`stored`] the value of an item's row, [`stamp`] the
//! version in front of it (docs/format/rows.md).
//!
//! What it is not: it knows no table in use and reads nothing.

pub(crate) mod key_values;
pub(crate) mod keys;
pub(crate) mod stamp;
pub(crate) mod stored;
