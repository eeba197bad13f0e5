//! Telling whoever waits for a stream that there is more of it.

use std::sync::atomic::{Ordering, fence};

use tokio::sync::watch;

/// Wakes the readers of one stream. A writer pays for it where somebody listens.
#[derive(Debug)]
pub(crate) struct Growth(watch::Sender<()>);

impl Default for Growth {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Growth {
    /// Wakes whoever listens. What there is to see is durable.
    pub(crate) fn tell(&self) {
        // Together with the fence in `listen`: either this sees the listener, or the listener, who
        // reads afterwards, sees what has become durable.
        fence(Ordering::SeqCst);
        if self.0.receiver_count() > 0 {
            self.0.send_replace(());
        }
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<()> {
        let listener = self.0.subscribe();
        fence(Ordering::SeqCst);
        listener
    }
}
