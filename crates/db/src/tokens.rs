//! Client tokens of carried-out transactions, remembered for ten minutes.
//!
//! A token's row commits with its transaction (docs/format/rows.md). Rows lie by generation, the
//! ten-minute span in which they expire: a token that still counts is in the current generation or
//! the next, and generations gone by are removed as ranges, which costs nothing per token.
//!
//! # The time that tokens live by
//! A clock that is set, back or ahead, must not let a transaction be carried out twice. So tokens
//! expire by a time of their own: it goes on as time goes by in this process, and takes up where the
//! process before noted it. It begins at what the wall clock says when the first token is spent, and
//! has nothing to do with it from then on. While no process runs it stands: a token counts for ten
//! minutes during which it could have been used.
//!
//! ```text
//! wall clock   12:00 ─ 12:05 ── set back ── 11:00 ─────── 11:05
//! tokens       12:00 ─ 12:05 ─┐           ┌ 12:05 ─────── 12:10
//!                             └─ restart ─┘
//! ```
//!
//! Every so often a transaction carries a note of the time besides its token. What a crash loses of
//! it lets tokens live a moment longer.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{BufMut, Bytes, BytesMut};
use model::Scope;
use model::limits::CLIENT_TOKEN_SECONDS;
use smallvec::{SmallVec, smallvec};
use store::{Consistency, Direction, RowKey, Store, StoreError};

use crate::layout::keys;
use crate::layout::stamp::StampSource;
use crate::session::Session;

const LIFE_MS: u64 = CLIENT_TOKEN_SECONDS * 1000;
/// Between two notes of the time.
const NOTED_EVERY_MS: u64 = 1000;

/// The rows that spending a token puts: its own, and perhaps a note of the time.
pub(crate) type TokenRows = SmallVec<[(RowKey, Bytes); 2]>;

/// Finds tokens, spends them, and removes those that have expired.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// The time when the database was opened, and how much time had gone by in the process then.
    opened_at_ms: u64,
    elapsed_before_ms: u64,
    /// The latest time that was told: none is told before it.
    told_ms: AtomicU64,
    /// The latest time that was noted.
    noted_ms: AtomicU64,
    /// The first generation that may still have rows.
    kept_from: AtomicU64,
}

/// What a token's row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpentToken {
    expires_at_ms: u64,
    /// Of the request that spent it.
    pub(crate) fingerprint: u64,
}

impl SpentToken {
    /// `expires u64 | fingerprint u64`, big-endian.
    fn encode(&self) -> Bytes {
        let mut value = BytesMut::with_capacity(16);
        value.put_u64(self.expires_at_ms);
        value.put_u64(self.fingerprint);
        value.freeze()
    }

    fn decode(value: &[u8]) -> Result<Self, StoreError> {
        let ([expires, fingerprint], []) = value.as_chunks::<8>() else {
            return Err(StoreError::damaged("a client token's row"));
        };
        let [expires_at_ms, fingerprint] = [expires, fingerprint].map(|n| u64::from_be_bytes(*n));
        Ok(Self { expires_at_ms, fingerprint })
    }
}

impl Tokens {
    /// Takes up the time where it stood.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn open<S: Store>(session: &Session<S>) -> Result<Self, StoreError> {
        let noted = session.store.get(&keys::token_time_row(), Consistency::Strong).await?;
        let noted = noted.map(|value| decode_time(&value)).transpose()?;
        let newest = newest_generation(&*session.store).await?;
        // One that expires in a generation was spent in the one before, or later.
        let spent = newest.map(|generation| generation.saturating_sub(1) * LIFE_MS);
        let opened_at_ms = noted.max(spent).unwrap_or_else(|| session.stamps.now_ms());
        Ok(Self {
            opened_at_ms,
            elapsed_before_ms: session.stamps.elapsed_ms(),
            told_ms: AtomicU64::new(opened_at_ms),
            noted_ms: AtomicU64::new(0),
            kept_from: AtomicU64::new(0),
        })
    }

    /// The token, if it was spent in the last ten minutes.
    pub(crate) async fn find<S: Store>(
        &self,
        session: &Session<S>,
        scope: &Scope,
        token: &str,
    ) -> Result<Option<SpentToken>, StoreError> {
        let now_ms = self.now_ms(&session.stamps);
        self.forget_expired(&session.store, now_ms);
        let current = now_ms / LIFE_MS;
        for generation in [current, current + 1] {
            let row = keys::token_row(generation, scope, token);
            let Some(value) = session.store.get(&row, Consistency::Strong).await? else { continue };
            let spent = SpentToken::decode(&value)?;
            if spent.expires_at_ms > now_ms {
                return Ok(Some(spent));
            }
        }
        Ok(None)
    }

    /// The rows of a token that is spent now.
    pub(crate) fn spend(
        &self,
        stamps: &StampSource,
        (scope, token): (&Scope, &str),
        fingerprint: u64,
    ) -> TokenRows {
        let now_ms = self.now_ms(stamps);
        let spent = SpentToken { expires_at_ms: now_ms + LIFE_MS, fingerprint };
        let row = keys::token_row(spent.expires_at_ms / LIFE_MS, scope, token);
        let mut rows: TokenRows = smallvec![(row, spent.encode())];
        // Should the transaction fail, the next note is as good.
        let noted_ms = self.noted_ms.load(Ordering::Relaxed);
        if now_ms >= noted_ms + NOTED_EVERY_MS {
            self.noted_ms.store(now_ms, Ordering::Relaxed);
            rows.push((keys::token_time_row(), now_ms.to_be_bytes().to_vec().into()));
        }
        rows
    }

    fn now_ms(&self, stamps: &StampSource) -> u64 {
        let gone_by_ms = stamps.elapsed_ms().saturating_sub(self.elapsed_before_ms);
        let now_ms = self.opened_at_ms + gone_by_ms;
        now_ms.max(self.told_ms.fetch_max(now_ms, Ordering::Relaxed))
    }

    /// Removes generations gone by, in the background and once each.
    fn forget_expired<S: Store>(&self, store: &Arc<S>, now_ms: u64) {
        let current = now_ms / LIFE_MS;
        if self.kept_from.load(Ordering::Relaxed) >= current
            || self.kept_from.fetch_max(current, Ordering::Relaxed) >= current
        {
            return;
        }
        let store = Arc::clone(store);
        tokio::spawn(async move {
            if let Err(error) = store.delete_range(&keys::tokens_before(current)).await {
                // The next start begins with the same removal.
                tracing::warn!(%error, "expired client tokens remain for now");
            }
        });
    }
}

/// The greatest generation that has rows.
async fn newest_generation<S: Store>(store: &S) -> Result<Option<u64>, StoreError> {
    let mut newest = None;
    let visit = |row: store::Row<'_>| {
        newest = Some(row.key.hash());
        ControlFlow::Break(())
    };
    store.range(&keys::all_tokens(), Direction::Backward, Consistency::Strong, visit).await?;
    Ok(newest)
}

fn decode_time(value: &[u8]) -> Result<u64, StoreError> {
    let time = value.try_into().map(u64::from_be_bytes);
    time.map_err(|_| StoreError::damaged("the row with the time of client tokens"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_documented_ones_and_read_back() {
        let spent = SpentToken { expires_at_ms: 1, fingerprint: 2 };
        let golden = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2];
        assert_eq!(spent.encode()[..], golden);
        assert_eq!(SpentToken::decode(&golden).unwrap(), spent);
        assert!(SpentToken::decode(&golden[1..]).is_err());
        assert_eq!(decode_time(&golden[8..]).unwrap(), 2);
        assert!(decode_time(&golden).is_err());
    }
}
