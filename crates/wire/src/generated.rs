//! What `cargo xtask codegen` makes of the service model.

pub(crate) mod shapes;
