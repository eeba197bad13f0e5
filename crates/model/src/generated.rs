//! What `cargo xtask codegen` makes of the service model.

pub(crate) mod items;
pub(crate) mod streams;
pub(crate) mod tables;
