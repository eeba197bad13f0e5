//! Request ids: 52 characters of `0-9A-V`, as DynamoDB's are
//! (`NVCM3BFHQ8J8GBT6P6SG7G2KJJVV4KQNSO5AEMVJF66Q9ASUAAJG` in
//! amazon-archives/aws-dynamodb-session-tomcat#4, 2013-11-14).

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::header::HeaderValue;

const LENGTH: usize = 52;
/// A one in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;

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
        for chunk in text.chunks_mut(8) {
            state = mix(state);
            chunk.copy_from_slice(&eight_characters(state)[..chunk.len()]);
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

/// The characters for the lowest forty bits, five bits each, made side by side in one word.
fn eight_characters(bits: u64) -> [u8; 8] {
    // Halves of twenty bits, quarters of ten, then five to a byte.
    let halves = bits & 0x000F_FFFF | (bits & 0xFF_FFF0_0000) << 12;
    let quarters = halves & 0x03FF_0000_03FF | (halves & 0x000F_FC00_000F_FC00) << 6;
    let digits = quarters & 0x001F_001F_001F_001F | (quarters & 0x03E0_03E0_03E0_03E0) << 3;
    // The letters begin with ten; adding 118 to that sets a byte's highest bit.
    let letters = (digits + 118 * ONES) >> 7 & ONES;
    let letters_behind = u64::from(b'A' - b'9' - 1);
    (digits + u64::from(b'0') * ONES + letters * letters_behind).to_le_bytes()
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
    fn every_five_bits_are_a_character() {
        let characters = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
        for (value, character) in (0..).zip(characters.bytes()) {
            for place in 0..8 {
                let mut expected = [b'0'; 8];
                expected[place] = character;
                assert_eq!(eight_characters(value << (5 * place)), expected);
            }
        }
        assert_eq!(eight_characters(u64::MAX), [b'V'; 8]);
    }

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
