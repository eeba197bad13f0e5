//! Long work gives way: it pauses now and then, so that others run on the same thread.
//!
//! What counts is the work done and never a clock: bytes that were gone through, as `expr` counts
//! them. Whoever pauses holds no lock of a thread; latches of rows it may hold.

use expr::Condition;
use model::MapRef;

/// Bytes gone through between two pauses: a fraction of a millisecond.
const STEP_WORK: usize = 128 << 10;

/// How much of one request's work was done since its last pause.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    done: usize,
}

impl Pace {
    /// Notes work, and pauses when it was enough.
    pub(crate) async fn did(&mut self, work: usize) {
        self.done += work;
        if self.done >= STEP_WORK {
            self.done = 0;
            tokio::task::yield_now().await;
        }
    }

    /// Whether a condition holds for an item.
    pub(crate) async fn holds(&mut self, condition: &Condition, item: MapRef<'_>) -> bool {
        if condition.is_light() {
            let holds = condition.holds(item);
            self.did(item.encoded_bytes()).await;
            return holds;
        }
        let mut evaluation = condition.evaluation(item);
        loop {
            let room = STEP_WORK.saturating_sub(self.done).max(1);
            let outcome = evaluation.proceed(room);
            self.did(evaluation.work()).await;
            if let Some(holds) = outcome {
                return holds;
            }
        }
    }
}
