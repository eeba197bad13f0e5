//! Who flushes and merges: threads, or a caller, step by step.

use std::fmt;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

/// Who flushes and merges.
#[derive(Debug, Clone)]
pub enum Background {
    /// Threads of the tree's own.
    Threads,
    /// Whoever has the stepper.
    Steps(Stepper),
}

/// Something to do behind the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The oldest memtable that waits for it becomes a table.
    Flush,
    /// Tables are merged that have to be.
    Merge,
    /// Tables are merged that would be when nobody writes.
    IdleMerge,
    /// The watermark is written, which says how far the log is.
    Watermark,
}

/// Has a tree do what is to be done behind the requests. Clones are the same, and of the trees that
/// are opened with one the latest counts.
#[derive(Clone, Default)]
pub struct Stepper(Arc<Mutex<Option<Weak<dyn TakesSteps>>>>);

/// An open tree.
pub(crate) trait TakesSteps: Send + Sync {
    /// Carries out one step, to its end; answers whether there was anything to do.
    fn step(&self, step: Step) -> bool;
}

impl Stepper {
    /// Carries out one step, to its end; answers whether there was anything to do, and it was done.
    pub fn step(&self, step: Step) -> bool {
        let tree = self.0.lock().as_ref().and_then(Weak::upgrade);
        tree.is_some_and(|tree| tree.step(step))
    }

    /// From now on the steps are those of `tree`.
    pub(crate) fn steps_of(&self, tree: &Arc<dyn TakesSteps>) {
        *self.0.lock() = Some(Arc::downgrade(tree));
    }
}

impl fmt::Debug for Stepper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stepper").finish_non_exhaustive()
    }
}
