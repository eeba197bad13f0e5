//! DynamoDB's decimal number: 38 significant digits, 1E-130 to 9.99…E+125, exact.
//!
//! A [`Number`] is what arithmetic works on; [`NumberRef`] is a number where it lies in an item's
//! bytes, ordered and printed without being read into a `Number` first.
//!
//! Invariants: a number is normalised at birth (no trailing zeros in the coefficient, one zero
//! without a sign) and within DynamoDB's range, so that equal numbers have equal fields and equal
//! bytes. Asserted in the three places where numbers are born: parsed, computed, read from bytes.
//!
//! Flow: text → [`Number::parse`] (`parse.rs`) → [`Number::encode`] (`bytes.rs`) → stored →
//! [`NumberRef::write_text`].

mod bytes;
mod parse;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

pub use bytes::NumberRef;

/// Most significant digits of a number.
const DIGITS_MAX: u32 = 38;
/// Largest decimal exponent of a number's first digit.
const MAGNITUDE_MAX: i32 = 125;
/// Smallest decimal exponent of a number's first digit.
const MAGNITUDE_MIN: i32 = -130;

/// The powers of ten that a coefficient can be shifted by.
const POWERS_OF_TEN: [u128; DIGITS_MAX as usize + 1] = {
    let mut powers = [1; DIGITS_MAX as usize + 1];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// A normalised decimal: no trailing zeros in the coefficient, one zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    coefficient: u128,
    exponent: i16,
}

/// Why a text or a result is not a DynamoDB number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a decimal at all. The caller words the message: it quotes the text.
    #[error("not a number")]
    Malformed,
    /// More than 38 significant digits.
    #[error("Attempting to store more than 38 significant digits in a Number")]
    TooPrecise,
    /// Magnitude above 9.99…E+125.
    #[error(
        "Number overflow. Attempting to store a number with magnitude larger than supported range"
    )]
    Overflow,
    /// Magnitude below 1E-130.
    #[error(
        "Number underflow. Attempting to store a number with magnitude smaller than supported range"
    )]
    Underflow,
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self { negative: false, coefficient: 0, exponent: 0 };

    /// Reads decimal text as DynamoDB accepts it: an optional sign, digits with an optional point
    /// among or around them, an optional exponent; no spaces, no infinities.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        parse::parse(text)
    }

    /// Exact sum, or the error DynamoDB gives for a result out of range.
    ///
    /// A sum that needs more than 38 digits is an *overflow* to DynamoDB, whatever its magnitude
    /// (ScyllaDB `test_number.py::test_update_expression_plus_imprecise`, 2026-11-23).
    #[expect(clippy::should_implement_trait, reason = "an operator would not say that it can fail")]
    pub fn add(self, other: Self) -> Result<Self, NumberError> {
        let (high, low) =
            if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        if high.coefficient == 0 {
            return Ok(low);
        }
        if low.coefficient == 0 {
            return Ok(high);
        }
        // The last digit of `low` is not a zero, so it stays the last digit of the sum unless both
        // end at the same place: a shift that does not fit leaves more than 38 digits for sure.
        let aligned = usize::from(high.exponent.abs_diff(low.exponent));
        let aligned = POWERS_OF_TEN
            .get(aligned)
            .and_then(|power| high.coefficient.checked_mul(*power))
            .ok_or(NumberError::Overflow)?;
        let (negative, coefficient) = if high.negative == low.negative {
            let sum = aligned.checked_add(low.coefficient).ok_or(NumberError::Overflow)?;
            (high.negative, sum)
        } else if aligned >= low.coefficient {
            (high.negative, aligned - low.coefficient)
        } else {
            (low.negative, low.coefficient - aligned)
        };
        Self::normalise(negative, coefficient, low.exponent)
    }

    /// Exact difference, or the error DynamoDB gives for a result out of range.
    pub fn subtract(self, other: Self) -> Result<Self, NumberError> {
        self.add(Self { negative: !other.negative && other.coefficient != 0, ..other })
    }

    /// The number without what stands behind its point; `None` when it is negative, or more than
    /// 64 bits hold.
    pub fn whole(self) -> Option<u64> {
        if self.negative {
            return None;
        }
        let shift = usize::from(self.exponent.unsigned_abs());
        let whole = match (POWERS_OF_TEN.get(shift), self.exponent < 0) {
            (Some(power), true) => self.coefficient / power,
            (None, true) => 0,
            (Some(power), false) => self.coefficient.checked_mul(*power)?,
            (None, false) => return (self.coefficient == 0).then_some(0),
        };
        u64::try_from(whole).ok()
    }

    /// Bytes this number counts for in an item's size.
    pub fn item_bytes(self) -> usize {
        if self.coefficient == 0 {
            return item_bytes_of(false, 0, 0);
        }
        item_bytes_of(self.negative, self.digits(), self.magnitude())
    }

    /// Appends the order-preserving, self-delimiting byte form (docs/format/number.md).
    pub fn encode(self, out: &mut Vec<u8>) {
        bytes::encode(self, out);
    }

    /// Reads the byte form from the front of `bytes`; returns the number and its length in bytes.
    pub fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        bytes::decode(bytes)
    }

    /// The result of an operation, in normal form and in range.
    fn normalise(
        negative: bool,
        mut coefficient: u128,
        mut exponent: i16,
    ) -> Result<Self, NumberError> {
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        while coefficient.is_multiple_of(10) {
            coefficient /= 10;
            exponent += 1;
        }
        let number = Self { negative, coefficient, exponent };
        if number.digits() > DIGITS_MAX || number.magnitude() > MAGNITUDE_MAX {
            return Err(NumberError::Overflow);
        }
        if number.magnitude() < MAGNITUDE_MIN {
            return Err(NumberError::Underflow);
        }
        debug_assert!(number.is_normal(), "a result is in normal form");
        Ok(number)
    }

    /// Whether the fields are as the module's head says.
    fn is_normal(self) -> bool {
        if self.coefficient == 0 {
            return self == Self::ZERO;
        }
        !self.coefficient.is_multiple_of(10)
            && self.digits() <= DIGITS_MAX
            && (MAGNITUDE_MIN..=MAGNITUDE_MAX).contains(&self.magnitude())
    }

    /// Significant digits; 0 for zero.
    fn digits(self) -> u32 {
        self.coefficient.checked_ilog10().map_or(0, |log| log + 1)
    }

    /// Decimal exponent of the first digit. Without meaning for zero.
    fn magnitude(self) -> i32 {
        i32::from(self.exponent) + self.digits().cast_signed() - 1
    }
}

/// DynamoDB's size of a number: one byte, one for each begun pair of digits before the point, the
/// same after it, one for a minus. Leading and trailing zeros do not count.
///
/// The developer guide ("DynamoDB item sizes and formats") gives it approximately; that the two
/// sides of the point pair up apart, and that a minus counts, was measured to the byte against
/// AWS: nubo-db/dynoxide pull request 195, 2026-08-18, seen 2026-11-23.
fn item_bytes_of(negative: bool, digits: u32, magnitude: i32) -> usize {
    let before_point = (magnitude + 1).clamp(0, digits.cast_signed()).unsigned_abs();
    debug_assert!(before_point <= digits, "the point stands within the digits or at an end");
    let after_point = digits - before_point;
    let bytes = 1 + before_point.div_ceil(2) + after_point.div_ceil(2) + u32::from(negative);
    bytes as usize
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::normalise(false, u128::from(value), 0).expect("20 digits are in range")
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.coefficient, number.negative) {
            (0, _) => 0,
            (_, false) => 1,
            (_, true) => -1,
        };
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => self.cmp_absolute(other),
            _ => other.cmp_absolute(self),
        })
    }
}

impl Number {
    /// Compares absolute values, neither of which is zero.
    fn cmp_absolute(&self, other: &Self) -> Ordering {
        debug_assert!(self.coefficient > 0 && other.coefficient > 0, "zero has no first digit");
        let aligned = |number: &Self| {
            number.coefficient * POWERS_OF_TEN[(DIGITS_MAX - number.digits()) as usize]
        };
        self.magnitude().cmp(&other.magnitude()).then_with(|| aligned(self).cmp(&aligned(other)))
    }
}

/// The canonical text DynamoDB answers with: plain notation, no exponent.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (mut bytes, mut text) = (Vec::new(), Vec::new());
        self.encode(&mut bytes);
        NumberRef::of_encoded(&bytes).write_text(&mut text);
        f.write_str(std::str::from_utf8(&text).map_err(|_| std::fmt::Error)?)
    }
}
