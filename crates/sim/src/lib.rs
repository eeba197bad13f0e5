//! Development only: the whole server in one thread, from one seed.
//!
//! What it is: [`run`] has clients send requests, as bytes, to a server in this process, from a
//! [`Plan`] that a seed gives. The server's files lie in memory ([`Disk`]); its committer is a task
//! beside the clients', and its flushes and merges are steps that the seed chooses. Power is lost in the
//! midst of a write, the process is killed, calls fail, the disk is full and slow, the clock is
//! set, clients go away; and the server starts again. In the end everything is held against what
//! the clients were told (`judge`).
//!
//! What it is not: it sees no socket, and no thread. Torn bytes under a real file system, real
//! clients and real threads are for the other suites of `cargo xtask test`.
//!
//! # Invariants
//! - A plan that is run twice gives the same digest over all requests and answers: time, chance,
//!   identities and the order of everything come from the seed. The suite runs each seed twice.
//! - What is judged is what a client may know: an answer that comes when power is lost is none.
//!
//! # Flow
//! `plan` → `run`: for each life a runtime, whose end is the process's; then the disk forgets → the
//! last life, in which nothing fails: `observed` → `judge`.

mod dice;
mod disk;
mod history;
mod judge;
mod observed;
mod operation;
mod plan;
mod run;
pub mod seeds;
mod world;

pub use dice::Dice;
pub use disk::{Disk, Faults};
pub use plan::{Cut, Plan};
pub use run::{Outcome, run};
