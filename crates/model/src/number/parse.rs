//! Decimal text → [`Number`]: one pass, no allocation, any length.
//!
//! ```text
//! number   = [sign] mantissa [("e" | "E") [sign] digit+]
//! mantissa = digit+ ["." digit*] | "." digit+
//! ```

use super::{DIGITS_MAX, MAGNITUDE_MAX, MAGNITUDE_MIN, Number, NumberError, POWERS_OF_TEN};

/// Exponents beyond this are out of range with any mantissa a request can carry, and stay clear of
/// overflow when digit counts are added to them.
const EXPONENT_CAP: i64 = 1 << 40;

pub(super) fn parse(text: &str) -> Result<Number, NumberError> {
    let (negative, rest) = take_sign(text.as_bytes());
    let mut mantissa = Mantissa::default();
    let (integer_digits, mut rest) = mantissa.take_digits(rest);
    let mut fraction_digits = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        (fraction_digits, rest) = mantissa.take_digits(fraction);
    }
    if integer_digits + fraction_digits == 0 {
        return Err(NumberError::Malformed);
    }
    mantissa.finish(negative, take_exponent(rest)? - fraction_digits)
}

/// The digits read so far, as a coefficient followed by zeros that may turn out not to count.
#[derive(Default)]
struct Mantissa {
    /// The value of the digits up to the last non-zero one, while there are at most 38.
    coefficient: u128,
    /// How many digits that are, from the first non-zero one.
    digits: i64,
    /// Zeros seen since.
    zeros: i64,
}

impl Mantissa {
    /// Takes the digits at the front of `bytes`; returns how many, and what follows them.
    fn take_digits<'a>(&mut self, bytes: &'a [u8]) -> (i64, &'a [u8]) {
        let mut taken = 0;
        let mut rest = bytes;
        while let Some((&byte @ b'0'..=b'9', after)) = rest.split_first() {
            self.push(byte - b'0');
            taken += 1;
            rest = after;
        }
        (taken, rest)
    }

    fn push(&mut self, digit: u8) {
        if digit == 0 {
            self.zeros += i64::from(self.digits > 0);
            return;
        }
        let shift = self.zeros + 1;
        debug_assert!(self.digits > 0 || self.zeros == 0, "zeros count behind a digit only");
        self.digits += shift;
        self.zeros = 0;
        if self.digits <= i64::from(DIGITS_MAX) {
            let power = usize::try_from(shift).expect("at most 38 digits");
            self.coefficient = self.coefficient * POWERS_OF_TEN[power] + u128::from(digit);
        }
    }

    /// The number whose last digit read stands at `exponent`. Magnitude is judged before precision.
    fn finish(self, negative: bool, exponent: i64) -> Result<Number, NumberError> {
        // A zero is judged by the exponent it was written with: DynamoDB refuses 0e126 and 0e-131,
        // but takes 0.0e126 (ScyllaDB test_number.py::test_number_magnitude_not_allowed_zero,
        // 2026-11-23).
        let magnitude =
            if self.digits == 0 { exponent } else { exponent + self.zeros + self.digits - 1 };
        if magnitude > i64::from(MAGNITUDE_MAX) {
            return Err(NumberError::Overflow);
        }
        if magnitude < i64::from(MAGNITUDE_MIN) {
            return Err(NumberError::Underflow);
        }
        if self.digits > i64::from(DIGITS_MAX) {
            return Err(NumberError::TooPrecise);
        }
        if self.digits == 0 {
            return Ok(Number::ZERO);
        }
        let exponent = i16::try_from(exponent + self.zeros).expect("the magnitude is in range");
        let number = Number { negative, coefficient: self.coefficient, exponent };
        debug_assert!(number.is_normal(), "a parsed number is in normal form");
        Ok(number)
    }
}

fn take_sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    }
}

/// The exponent that `bytes` consists of, 0 when there is none.
fn take_exponent(bytes: &[u8]) -> Result<i64, NumberError> {
    let rest = match bytes {
        [] => return Ok(0),
        [b'e' | b'E', rest @ ..] => rest,
        _ => return Err(NumberError::Malformed),
    };
    let (negative, digits) = take_sign(rest);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Malformed);
    }
    let absolute = digits
        .iter()
        .fold(0, |value: i64, digit| (value * 10 + i64::from(digit - b'0')).min(EXPONENT_CAP));
    Ok(if negative { -absolute } else { absolute })
}
