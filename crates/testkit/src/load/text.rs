//! What items are filled with.

use std::fmt::Write as _;

/// So many hexadecimal digits that hardly compress, other ones for each seed.
pub(super) fn digits(seed: u64, length: usize) -> String {
    let mut state = seed ^ 0x9E37_79B9_7F4A_7C15;
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        write!(text, "{:016x}", state ^ (state >> 29)).expect("a text takes everything");
    }
    text.truncate(length);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_has_digits_of_its_own() {
        assert_eq!(digits(1, 100).len(), 100);
        assert_eq!(digits(1, 100), digits(1, 100));
        assert_ne!(digits(1, 100), digits(2, 100));
    }
}
