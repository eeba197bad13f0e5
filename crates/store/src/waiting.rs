//! Work that keeps a thread: waiting for the disk, or milliseconds at a stretch.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task;

/// Does such work. Where the thread is one of a runtime with several, another one takes over its tasks,
/// so that nobody waits behind it.
pub fn relieved_of_tasks<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => task::block_in_place(work),
        _ => work(),
    }
}
