//! Development only: driving a real Stator process, and judging what it kept.
//!
//! - [`http`]: a client of a hundred lines, without an SDK's retries and without hiding anything.
//! - [`signature`]: the true signatures of requests to servers that verify them.
//! - [`process`]: the binary, started on a free port, killed, measured.
//! - [`load`]: the bench's load generator, and in `src/bin/echo.rs` what it is measured against.
//! - [`crash`]: load, a kill or a power cut in its midst, and the check of what was promised.
//! - [`faults`]: the same load on a disk whose calls fail, one at a time or all of them.
//!
//! What it is not: it imports no other room's code to talk to the server. What it checks is what
//! came over the wire.

pub mod crash;
pub mod faults;
pub mod http;
pub mod load;
pub mod process;
pub mod signature;
