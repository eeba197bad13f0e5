//! The expression language of DynamoDB.
//!
//! What it is: lex → parse → resolve → plan → evaluate for condition, filter, key condition,
//! projection and update expressions. [`Resolver`] holds one request's placeholders and turns each
//! expression text into a plan.
//!
//! What it is not: it knows no table, no store and no wire format. Whether a key condition fits an
//! index is `db`'s to say.
//!
//! # Invariants
//! - No `#name` or `:value` exists in any type behind [`Resolver`]. No assertion says so: the types
//!   have no place for one.
//! - Parsing is bounded in depth and size whatever the input: every token has a length, asserted
//!   where a text is cut into tokens, and functions are counted as they open and close.
//! - The jumps of a formula go forward and end within it, so evaluating it ends (asserted in `logic`).
//! - Evaluation never fails for a condition (its type has no error), and for an update fails only
//!   with DynamoDB's own errors.
//! - The paths that an update writes are apart, so their order does not matter: asserted when one is
//!   planned, and once more where values are written, which relies on it.
//! - A plan shares the values and names that its request gives, and copies none of them. Evaluating,
//!   projecting and updating go through an item and the operands a bounded number of times for each
//!   test, and once for all paths together. `tests/cost.rs` counts that.
//!
//! Flow: `syntax` reads a text into a tree that borrows from it; `resolve` checks the tree and
//! makes one of the plans, [`Condition`], [`KeyCondition`], [`Projection`] or [`Update`]; the plans
//! evaluate themselves; `canonical` writes conditions and updates as bytes to compare. `fault` has
//! every message. [`legacy`] makes the same plans of the parameters from before there were
//! expressions, with messages of its own.

mod attribute_tests;
mod canonical;
mod comparing;
mod condition;
mod evaluation;
mod fault;
mod function;
mod key_condition;
pub mod legacy;
mod logic;
mod lookup;
mod notation;
mod operand;
mod path;
mod placeholders;
mod projection;
mod reserved;
mod resolve;
mod syntax;
mod update;

pub use canonical::{Canonical, CanonicalForm};
pub use condition::Condition;
pub use evaluation::Evaluation;
pub use key_condition::{KeyCondition, KeyTest};
pub use model::Operand;
pub use notation::Notation;
pub use path::{Path, Step};
pub use projection::Projection;
pub use resolve::{
    ConditionKind, GivenPlaceholders, Parameter, Resolver, check_placeholders_allowed,
};
pub use update::Update;
