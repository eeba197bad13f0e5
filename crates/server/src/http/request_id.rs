//! Request ids: 52 characters of `0-9A-V`, as DynamoDB's are
//! (`NVCM3BFHQ8J8GBT6P6SG7G2KJJVV4KQNSO5AEMVJF66Q9ASUAAJG` in
//! amazon-archives/aws-dynamodb-session-tomcat#4, 2013-11-14).

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::header::HeaderValue;

const LENGTH: usize = 52;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// Makes request ids. They are unique in a process and unlikely to meet those of another; they
/// guard nothing, so a mixed counter is enough and no request waits for the operating system.
#[derive(Debug)]
pub(crate) struct RequestIds {
    seed: u64,
    count: AtomicU64,
}

/// One request's id.
#[derive(Clone, Copy)]
pub(crate) struct RequestId {
    text: [u8; LENGTH],
}

impl RequestIds {
    /// Ids that differ from those of every other seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }

    /// The next id.
    pub(crate) fn next(&self) -> RequestId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut state = mix(self.seed ^ mix(count));
        let mut text = [0; LENGTH];
        // A word has twelve characters of five bits and four bits to spare.
        for chunk in text.chunks_mut(12) {
            state = mix(state);
            let mut bits = state;
            for character in chunk {
                *character = ALPHABET[(bits % 32) as usize];
                bits /= 32;
            }
        }
        RequestId { text }
    }
}

impl RequestId {
    /// The id as a header's value.
    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_bytes(&self.text).expect("the alphabet is plain ASCII")
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.iter().try_for_each(|&byte| std::fmt::Write::write_char(f, char::from(byte)))
    }
}

/// SplitMix64's step and finaliser: a bijection that scatters neighbours.
fn mix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_have_dynamodbs_form_and_do_not_repeat() {
        let (one, other) = (RequestIds::new(1), RequestIds::new(2));
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            for id in [one.next().to_string(), other.next().to_string()] {
                assert_eq!(id.len(), 52);
                assert!(id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()));
                assert!(seen.insert(id));
            }
        }
    }
}
