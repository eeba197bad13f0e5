//! Calls that fail on purpose.
//!
//! Every call on a file below the root is counted from 1. The one numbered `STATOR_FAULT_AT` fails
//! as `STATOR_FAULT_KIND` says, once:
//! - `eio`, `enospc`: with that error, and nothing done;
//! - `tear`: a write is done by half, and then fails with EIO; another call fails as by `eio`;
//! - `die`: the process is killed before the call.
//!
//! `STATOR_FAULT_CALLS` names a file that receives the number of calls so far. While the file that
//! `STATOR_FAULT_FULL` names exists, the disk is full: what would take more of it fails with ENOSPC.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use libc::c_int;

/// What a call does to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// It may take more of it.
    Growing,
    /// It may not.
    Other,
}

/// What is to happen instead of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The call itself.
    Pass,
    /// Nothing, and this error.
    Fail(c_int),
    /// Half of it, and an error.
    Tear,
}

/// Which call fails, and how.
pub(crate) struct Faults {
    at: Option<u64>,
    kind: Kind,
    full: Option<PathBuf>,
    told: Option<PathBuf>,
    calls: AtomicU64,
}

enum Kind {
    Error(c_int),
    Tear,
    Die,
}

impl Faults {
    /// `None` when no call is to fail or to be counted.
    pub(crate) fn from_environment() -> Option<Self> {
        let path = |name| std::env::var_os(name).map(|path: OsString| PathBuf::from(path));
        let text = |name| std::env::var(name).ok();
        let faults = Self {
            at: text("STATOR_FAULT_AT").and_then(|at| at.parse().ok()),
            kind: match text("STATOR_FAULT_KIND").as_deref() {
                Some("enospc") => Kind::Error(libc::ENOSPC),
                Some("tear") => Kind::Tear,
                Some("die") => Kind::Die,
                _ => Kind::Error(libc::EIO),
            },
            full: path("STATOR_FAULT_FULL"),
            told: path("STATOR_FAULT_CALLS"),
            calls: AtomicU64::new(0),
        };
        let wanted = faults.at.is_some() || faults.full.is_some() || faults.told.is_some();
        wanted.then_some(faults)
    }

    /// Counts a call below the root and decides on it.
    pub(crate) fn judge(&self, call: Call) -> Verdict {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(told) = &self.told {
            // Calls of other threads may be told out of order; the last of many is close enough.
            let _told = std::fs::write(told, number.to_string());
        }
        if call == Call::Growing && self.full.as_deref().is_some_and(Path::exists) {
            return Verdict::Fail(libc::ENOSPC);
        }
        match self.kind {
            _ if self.at != Some(number) => Verdict::Pass,
            Kind::Error(errno) => Verdict::Fail(errno),
            Kind::Tear => Verdict::Tear,
            Kind::Die => die(),
        }
    }
}

fn die() -> Verdict {
    // SAFETY: killing this process by a signal that cannot be caught asks nothing of its memory.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    Verdict::Pass
}
