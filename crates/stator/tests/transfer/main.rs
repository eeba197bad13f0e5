//! `stator export` and `stator import` as a user meets them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod earlier;
mod exports;
mod films;
mod folder;
mod items;
