//! No image of the process reaches a disk: it would hold keys, and what requests brought.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Has the system write no core dump of this process, and let no other process of its user look into
/// it. What cannot be forbidden is only warned of: the data is as safe as it was.
pub(super) fn forbid() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let forbidden = setrlimit(Resource::Core, none).and_then(|()| system::hide());
    if let Err(error) = forbidden {
        tracing::warn!(%error, "a core dump of this process may be written, and would hold keys");
    }
}

#[cfg(target_os = "linux")]
mod system {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    /// Where dumps go to a program rather than a file, their size is not limited.
    pub(super) fn hide() -> rustix::io::Result<()> {
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn hide() -> rustix::io::Result<()> {
        Ok(())
    }
}
