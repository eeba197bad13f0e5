//! Client tokens of carried-out transactions, remembered for ten minutes.
//!
//! A token's row commits with its transaction (docs/format/rows.md). Rows lie by generation, the
//! ten-minute span in which they expire: a token that still counts is in the current generation or
//! the next, and generations gone by are removed as ranges, which costs nothing per token.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{BufMut, Bytes, BytesMut};
use model::Scope;
use model::limits::CLIENT_TOKEN_SECONDS;
use store::{Consistency, RowKey, Store, StoreError};

use crate::layout::keys;

const LIFE_MS: u64 = CLIENT_TOKEN_SECONDS * 1000;

/// Removes what has expired.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
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
    pub(crate) fn new(fingerprint: u64, now_ms: u64) -> Self {
        Self { expires_at_ms: now_ms + LIFE_MS, fingerprint }
    }

    /// Names its row.
    pub(crate) fn row(&self, scope: &Scope, token: &str) -> RowKey {
        keys::token_row(self.expires_at_ms / LIFE_MS, scope, token)
    }

    /// `expires u64 | fingerprint u64`, big-endian.
    pub(crate) fn encode(&self) -> Bytes {
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
    /// The token, if it was spent in the last ten minutes.
    pub(crate) async fn find<S: Store>(
        &self,
        store: &S,
        scope: &Scope,
        token: &str,
        now_ms: u64,
    ) -> Result<Option<SpentToken>, StoreError> {
        let current = now_ms / LIFE_MS;
        for generation in [current, current + 1] {
            let row = keys::token_row(generation, scope, token);
            let Some(value) = store.get(&row, Consistency::Strong).await? else { continue };
            let spent = SpentToken::decode(&value)?;
            if spent.expires_at_ms > now_ms {
                return Ok(Some(spent));
            }
        }
        Ok(None)
    }

    /// Removes generations gone by, in the background and once each.
    pub(crate) fn forget_expired<S: Store>(&self, store: &Arc<S>, now_ms: u64) {
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
    }
}
