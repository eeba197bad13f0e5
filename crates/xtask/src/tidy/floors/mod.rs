//! Floors: the modules of one folder import in one direction, so that each can be read after what
//! it stands on.
//!
//! ```text
//! files → modules: names and imports → resolve: where a name is defined → arrows → circles
//! ```
//!
//! An import is a `use` declaration or a path written in place, in macros too. It counts as an
//! arrow between the two modules that lie side by side in the lowest folder with both ends: an
//! import of `crate::b::y::Y` by `crate::a::x` is `a → b`. A re-export is followed to the
//! definition, so an arrow cannot hide behind the parent or behind `lib.rs`. No arrow is a parent
//! and what it holds: a `mod.rs` uses its children, and they use what it defines. What a method
//! call reaches is not counted, nor what is compiled for tests only.

mod circles;
mod modules;
mod paths;
mod resolve;

use super::{Problem, Tree};

pub use circles::Circle;

const RULE: &str = "floors";

/// The crates whose modules stand on floors.
pub const CRATES: &[&str] = &["db", "local", "lsm", "server"];

/// Looks for circles in each of [`CRATES`].
pub fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for folder in CRATES {
        problems.extend(of_crate(tree, folder)?.iter().map(Circle::problem));
    }
    Ok(problems)
}

/// The circles between the modules of `crates/<folder>`, at every level.
pub fn of_crate(tree: &Tree, folder: &str) -> anyhow::Result<Vec<Circle>> {
    let modules = modules::read(tree, folder)?;
    Ok(circles::find(folder, resolve::arrows(&modules)))
}
