//! An atom that was submitted, until it is known what became of it.

use store::{AtomId, Outcome, Ticket};
use tokio::runtime::Handle;

use super::InProgress;
use super::writes::Streams;

/// An atom that was submitted.
#[derive(Debug)]
#[must_use = "nothing is known of an atom that is not waited for"]
pub(crate) struct Submitted {
    pub(super) ticket: Ticket,
    pub(super) id: AtomId,
    /// The atom's transaction, which is in progress for as long.
    pub(super) _in_progress: Option<InProgress>,
    /// The streams that it leaves records in, until whoever waits for them was told.
    pub(super) streams: Streams,
}

impl Submitted {
    /// An atom of rows that are no items.
    pub(super) fn of_rows(ticket: Ticket, id: AtomId) -> Self {
        Self { ticket, id, _in_progress: None, streams: Streams::new() }
    }

    /// Wakes whoever waits for the atom's streams: it is durable.
    pub(super) fn tell(&mut self) {
        tell(std::mem::take(&mut self.streams));
    }
}

/// An atom is carried out whether or not anybody waits for it, so its streams' readers are told of
/// it all the same. That costs a task where a client went away, and where an atom failed.
impl Drop for Submitted {
    fn drop(&mut self) {
        if self.streams.is_empty() {
            return;
        }
        let ticket = std::mem::replace(&mut self.ticket, Ticket::done(Ok(Outcome::Unknown)));
        let streams = std::mem::take(&mut self.streams);
        // Without a runtime nobody waits.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            // Whoever is told for nothing reads once more.
            if let Ok(Outcome::Applied | Outcome::Unknown) = ticket.wait().await {
                tell(streams);
            }
        });
    }
}

fn tell(streams: Streams) {
    for stream in streams {
        stream.growth.tell();
    }
}
