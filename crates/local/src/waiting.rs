//! Waiting for the disk on a thread that has other tasks.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task;

/// Runs what waits for the disk. Where the thread is one of a runtime with several, another one takes
/// over its tasks, so that as many reads wait at once as there are requests, and none behind them.
pub(crate) fn relieved_of_tasks(run: &mut dyn FnMut()) {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => task::block_in_place(run),
        _ => run(),
    }
}
