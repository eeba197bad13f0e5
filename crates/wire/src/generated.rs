//! What `cargo xtask codegen` makes of the service model.

mod items;
pub(crate) mod operations;
pub(crate) mod shapes;
mod streams;
mod tables;
