//! Filters: whether a key may be among some, in a few bits of each.
//!
//! A filter has the groups of its keys, too: a range within one group is not looked for in tables
//! that have nothing of the group.
//!
//! A Bloom filter of fourteen bits per key says "perhaps" of one absent key in a thousand. Several
//! levels are asked for a key that none has, so that all of them together read a block for less than
//! one such key in fifty.

use xxhash_rust::xxh3::xxh3_64;

const BITS_PER_KEY: usize = 14;
/// Bits that each key sets: near 14 · ln 2, fewer for speed.
const PROBES: u32 = 8;

/// What a filter keeps of a key.
pub(crate) fn fingerprint(key: &[u8]) -> u64 {
    xxh3_64(key)
}

/// Whether every key from `start` on and before `end` begins with `group`, as `start` does.
pub(crate) fn is_within(group: &[u8], end: &[u8]) -> bool {
    // The least key behind the group is the group with its last byte raised, behind which bytes
    // that cannot be raised are left out.
    let is_next = || {
        let (last, front) = end.split_last()?;
        let (own, rest) = group.split_at_checked(end.len())?;
        let raised = own.last()?.checked_add(1)? == *last;
        Some(raised && own[..front.len()] == *front && rest.iter().all(|byte| *byte == 0xFF))
    };
    end.starts_with(group) || is_next().unwrap_or(false)
}

/// The filter of keys with these fingerprints.
pub(crate) fn build(fingerprints: &[u64]) -> Vec<u8> {
    let bytes = (fingerprints.len() * BITS_PER_KEY).div_ceil(8).max(8);
    let mut filter = vec![0_u8; bytes];
    for fingerprint in fingerprints {
        for bit in bits(*fingerprint, bytes) {
            filter[bit / 8] |= 1 << (bit % 8);
        }
    }
    filter
}

/// Whether a key with this fingerprint may be among those of the filter.
pub(crate) fn may_contain(filter: &[u8], fingerprint: u64) -> bool {
    bits(fingerprint, filter.len()).all(|bit| filter[bit / 8] & (1 << (bit % 8)) != 0)
}

/// Double hashing: the halves of one hash give all bits.
fn bits(fingerprint: u64, bytes: usize) -> impl Iterator<Item = usize> {
    let bits = bytes as u64 * 8;
    let (start, step) = (fingerprint >> 32, (fingerprint & 0xFFFF_FFFF) | 1);
    (0..u64::from(PROBES)).map(move |probe| {
        let mixed = start.wrapping_add(probe.wrapping_mul(step)) & 0xFFFF_FFFF;
        // A multiplication in place of a division.
        usize::try_from((mixed * bits) >> 32).expect("a filter fits in memory")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_lies_within_a_group_or_goes_beyond_it() {
        let is_within = |group: &str, end: &str| is_within(group.as_bytes(), end.as_bytes());
        assert!(is_within("ab", "ab") && is_within("ab", "abz") && is_within("ab", "ac"));
        assert!(!is_within("ab", "aca") && !is_within("ab", "ad") && !is_within("ab", "b"));
        assert!(!is_within("ab", "") && !is_within("ab", "bc"));
        assert!(super::is_within(b"a\xFF", b"b") && !super::is_within(b"a\xFE", b"b"));
    }

    #[test]
    fn keys_that_are_there_are_found_and_hardly_any_others() {
        let fingerprint = |number: u32| fingerprint(&number.to_be_bytes());
        let there: Vec<u64> = (0..1000).map(fingerprint).collect();
        let filter = build(&there);
        assert!(there.iter().all(|known| may_contain(&filter, *known)));
        let wrong = (1000..101_000).filter(|number| may_contain(&filter, fingerprint(*number)));
        assert!(wrong.count() < 400, "four in a thousand are too many");
        assert!(!may_contain(&build(&[]), 1), "an empty filter has no key");
    }
}
