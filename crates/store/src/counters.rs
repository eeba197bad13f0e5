//! The value of a row that counts: what [`Write::Add`](crate::Write::Add) adds to.

use bytes::Bytes;

use crate::StoreError;

/// Two sums kept in one row, little-endian i64 each. An absent row is two zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters(pub [i64; 2]);

impl Counters {
    /// Reads the row's value.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the row holds something else.
    pub fn decode(value: Option<&[u8]>) -> Result<Self, StoreError> {
        let Some(value) = value else { return Ok(Self::default()) };
        match value.as_chunks::<8>() {
            ([first, second], []) => {
                Ok(Self([i64::from_le_bytes(*first), i64::from_le_bytes(*second)]))
            }
            _ => Err(StoreError::damaged(format!("a counter row of {} bytes", value.len()))),
        }
    }

    /// The row's value.
    pub fn encode(self) -> Bytes {
        let bytes = Bytes::copy_from_slice(self.0.map(i64::to_le_bytes).as_flattened());
        debug_assert!(Self::decode(Some(&bytes)).is_ok_and(|read| read == self), "it reads back");
        bytes
    }

    /// The sums, `amounts` later. They wrap, so that adding commutes whatever the amounts are.
    #[must_use]
    pub fn plus(self, amounts: [i64; 2]) -> Self {
        Self([self.0[0].wrapping_add(amounts[0]), self.0[1].wrapping_add(amounts[1])])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_documented_ones_and_read_back() {
        let counters = Counters([1, -2]);
        let golden = [1, 0, 0, 0, 0, 0, 0, 0, 0xFE, 255, 255, 255, 255, 255, 255, 255];
        assert_eq!(counters.encode()[..], golden);
        assert_eq!(Counters::decode(Some(&golden)).unwrap(), counters);
    }

    #[test]
    fn absent_is_zero_and_other_lengths_are_damage() {
        assert_eq!(Counters::decode(None).unwrap(), Counters([0, 0]));
        for length in [0, 8, 15, 17, 24] {
            let result = Counters::decode(Some(&vec![0; length]));
            assert!(matches!(result, Err(StoreError::Damaged { .. })), "{length} bytes");
        }
    }

    #[test]
    fn sums_wrap() {
        assert_eq!(Counters([i64::MAX, 5]).plus([1, -7]), Counters([i64::MIN, -2]));
    }
}
