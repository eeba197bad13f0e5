//! What is done by the clock, not by requests.

use store::{Store, StoreError};

use crate::database::Db;

/// What time brings about. Each kind goes at its own pace, and none waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// Shards that have been open for long are followed by others, and what streams have kept for
    /// long enough is removed.
    Streams,
    /// Items whose time has come are removed.
    Expiry,
}

impl Upkeep {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Streams, Self::Expiry];
}

impl<S: Store> Db<S> {
    /// Does what is due by the clock. To be called every so often for each kind of upkeep, which
    /// then is done before it returns.
    ///
    /// # Errors
    /// What the store fails with. The next call goes on from there.
    pub async fn keep_up(&self, upkeep: Upkeep) -> Result<(), StoreError> {
        match upkeep {
            Upkeep::Streams => {
                self.catalog.end_streams_without_table(&self.store).await?;
                self.catalog.streams.keep_up(&self.store).await
            }
            Upkeep::Expiry => self.remove_expired().await,
        }
    }
}
