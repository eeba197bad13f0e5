//! Shard iterators: where in a shard the next reading begins, as text that clients hand back.
//!
//! `stream ARN | shard | number | milliseconds`, so that no state is kept for them. The separator
//! occurs in none of the parts. An iterator is taken apart before its request is authorized, because
//! it alone says which stream GetRecords reads; whether it is too old is said when that is read.

use model::{ApiError, StreamArn};

/// How long an iterator may be used, in milliseconds: a quarter of an hour (API reference,
/// GetShardIterator, 2026-11).
pub(crate) const LIFETIME_MS: u64 = 15 * 60 * 1000;

/// A place in a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardIterator {
    pub(super) stream: StreamArn,
    pub(super) shard: String,
    /// Records of this number and above are wanted.
    pub(super) from: u64,
    pub(super) issued_at_ms: u64,
}

impl ShardIterator {
    pub(super) fn encode(&self) -> String {
        let Self { stream, shard, from, issued_at_ms } = self;
        format!("{stream}|{shard}|{from}|{issued_at_ms}")
    }

    /// The stream that it reads.
    pub fn stream(&self) -> &StreamArn {
        &self.stream
    }

    /// Refuses an iterator that is too old.
    ///
    /// # Errors
    /// [`ApiError::ExpiredIterator`].
    pub(super) fn check_age(&self, now_ms: u64) -> Result<(), ApiError> {
        match now_ms.saturating_sub(self.issued_at_ms) > LIFETIME_MS {
            true => Err(ApiError::ExpiredIterator("Iterator expired".to_owned())),
            false => Ok(()),
        }
    }

    /// Takes an iterator's text apart; `None` when it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let stream = StreamArn::parse(parts.next()?)?;
        let shard = parts.next()?.to_owned();
        let from = parts.next()?.parse().ok()?;
        let issued_at_ms = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(Self { stream, shard, from, issued_at_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iterator() -> ShardIterator {
        let arn =
            "arn:aws:dynamodb:eu-west-1:123456789012:table/Films/stream/2026-11-23T18:00:00.123";
        ShardIterator {
            stream: StreamArn::parse(arn).unwrap(),
            shard: "shardId-00000000000000000001-00000000".to_owned(),
            from: 7,
            issued_at_ms: 1000,
        }
    }

    #[test]
    fn text_reads_back_until_it_expires() {
        let text = iterator().encode();
        assert_eq!(ShardIterator::parse(&text), Some(iterator()));
        assert_eq!(iterator().check_age(1000 + LIFETIME_MS), Ok(()));
        let expired = iterator().check_age(1001 + LIFETIME_MS);
        assert!(matches!(expired, Err(ApiError::ExpiredIterator(_))));
    }

    #[test]
    fn other_text_is_none() {
        let text = iterator().encode();
        for other in ["", "x", &text[..text.len() - 5], &text[1..], &format!("{text}|1")] {
            assert_eq!(ShardIterator::parse(other), None, "{other}");
        }
    }
}
