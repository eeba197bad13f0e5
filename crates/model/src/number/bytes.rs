//! The byte form of a number: comparing bytes compares numbers. One form in items, sets and keys.
//!
//! Grammar (docs/format/number.md):
//!
//! ```text
//! number    = zero | positive | negative
//! zero      = 80
//! positive  = 81 magnitude pair{1..19} 00
//! negative  = 7F, then the complement of every byte a positive number has after its 81
//! magnitude = decimal exponent of the first digit, plus 130
//! pair      = two decimal digits 00..99, plus 1; the first digit is not 0, the last pair not 00
//! ```
//!
//! The terminator sorts below every pair, so a number sorts before its own continuations.

use std::fmt;

use super::{DIGITS_MAX, MAGNITUDE_MIN, Number, item_bytes_of};

const NEGATIVE: u8 = 0x7F;
const ZERO: u8 = 0x80;
const POSITIVE: u8 = 0x81;
const TERMINATOR: u8 = 0x00;
const PAIRS_MAX: usize = DIGITS_MAX as usize / 2;
/// Largest byte form: sign, magnitude, pairs, terminator.
const BYTES_MAX: usize = 3 + PAIRS_MAX;

pub(super) fn encode(number: Number, out: &mut Vec<u8>) {
    debug_assert!(number.is_normal(), "numbers are normalised at birth");
    if number.coefficient == 0 {
        out.push(ZERO);
        return;
    }
    let start = out.len();
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number.coefficient).as_bytes();
    let flip = if number.negative { 0xFF } else { 0 };
    let magnitude = number.magnitude() - MAGNITUDE_MIN;
    let magnitude = u8::try_from(magnitude).expect("numbers are in range");
    out.push(if number.negative { NEGATIVE } else { POSITIVE });
    out.push(magnitude ^ flip);
    for pair in digits.chunks(2) {
        let tens = pair[0] - b'0';
        let ones = pair.get(1).map_or(0, |digit| digit - b'0');
        out.push((tens * 10 + ones + 1) ^ flip);
    }
    out.push(TERMINATOR ^ flip);
    debug_assert!(out.len() - start <= BYTES_MAX, "38 digits are 19 pairs");
    debug_assert_eq!(decode(&out[start..]), Some((number, out.len() - start)), "it reads back");
}

pub(super) fn decode(bytes: &[u8]) -> Option<(Number, usize)> {
    if bytes.first() == Some(&ZERO) {
        return Some((Number::ZERO, 1));
    }
    let parts = Parts::read(bytes)?;
    let (last, leading) = parts.pairs.split_last()?;
    let mut coefficient = 0;
    for pair in leading {
        coefficient = coefficient * 100 + u128::from(parts.pair_value(*pair)?);
    }
    let last = parts.pair_value(*last)?;
    coefficient = match last % 10 {
        0 => coefficient * 10 + u128::from(last / 10),
        _ => coefficient * 100 + u128::from(last),
    };
    let number = Number { negative: parts.negative, coefficient, exponent: 0 };
    // The digits must be the normal form of what they say: that many, none of them idle.
    if last == 0 || number.digits() != parts.digits() {
        return None;
    }
    let exponent = i16::try_from(parts.magnitude - number.magnitude()).ok()?;
    let number = Number { exponent, ..number };
    debug_assert!(number.is_normal(), "one byte holds no magnitude out of range");
    Some((number, parts.pairs.len() + 3))
}

/// The byte form of a number other than zero, taken apart.
struct Parts<'a> {
    negative: bool,
    magnitude: i32,
    /// Still complemented when negative.
    pairs: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Of the byte form at the front of `bytes`.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let terminator = if *bytes.first()? == NEGATIVE { !TERMINATOR } else { TERMINATOR };
        let mut behind = bytes.get(2..)?.iter().take(PAIRS_MAX + 1);
        let pairs = behind.position(|byte| *byte == terminator)?;
        Self::of_all(&bytes[..pairs + 3])
    }

    /// Of a byte form behind which nothing follows.
    fn of_all(bytes: &'a [u8]) -> Option<Self> {
        let [sign, magnitude, pairs @ .., _terminator] = bytes else { return None };
        let (negative, flip) = match *sign {
            POSITIVE => (false, 0),
            NEGATIVE => (true, 0xFF),
            _ => return None,
        };
        Some(Self { negative, magnitude: i32::from(magnitude ^ flip) + MAGNITUDE_MIN, pairs })
    }

    /// The two digits that `pair` stands for.
    fn pair_value(&self, pair: u8) -> Option<u8> {
        let pair = if self.negative { !pair } else { pair };
        pair.checked_sub(1).filter(|value| *value < 100)
    }

    /// Significant digits, going by the number of pairs and the last one.
    fn digits(&self) -> u32 {
        let ends_in_zero = self
            .pairs
            .last()
            .and_then(|last| self.pair_value(*last))
            .is_some_and(|last| last % 10 == 0);
        u32::try_from(self.pairs.len()).unwrap_or(u32::MAX) * 2 - u32::from(ends_in_zero)
    }

    /// Appends the significant digits.
    fn write_digits(&self, out: &mut Vec<u8>) {
        let end = out.len() + self.digits() as usize;
        for pair in self.pairs {
            let value = self.pair_value(*pair).expect(VERIFIED);
            out.extend_from_slice(&[b'0' + value / 10, b'0' + value % 10]);
        }
        // Where the digits are odd in number, the last pair has a zero that is none of them.
        out.truncate(end);
    }
}

fn write_zeros(count: usize, out: &mut Vec<u8>) {
    out.resize(out.len() + count, b'0');
}

/// A number in its order-preserving byte form: byte order is numeric order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumberRef<'a> {
    bytes: &'a [u8],
}

impl<'a> NumberRef<'a> {
    /// The number whose byte form `bytes` is.
    pub(crate) fn of_encoded(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The byte form.
    pub fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The number as a value.
    pub fn to_number(self) -> Number {
        Number::decode(self.bytes).expect(VERIFIED).0
    }

    /// Appends its canonical text: plain decimals, never an exponent (ScyllaDB
    /// `test_number.py::test_number_output_normalization`, 2026-11-23).
    pub fn write_text(self, out: &mut Vec<u8>) {
        if self.bytes == [ZERO] {
            out.push(b'0');
            return;
        }
        let parts = Parts::of_all(self.bytes).expect(VERIFIED);
        if parts.negative {
            out.push(b'-');
        }
        let digits = parts.digits() as usize;
        let point = parts.magnitude + 1;
        let distance = point.unsigned_abs() as usize;
        if point <= 0 {
            out.extend_from_slice(b"0.");
            write_zeros(distance, out);
        }
        let start = out.len();
        parts.write_digits(out);
        if point > 0 && distance < digits {
            out.insert(start + distance, b'.');
        } else if point > 0 {
            write_zeros(distance - digits, out);
        }
    }

    /// Bytes this number counts for in an item's size.
    pub(crate) fn item_bytes(self) -> usize {
        match Parts::of_all(self.bytes) {
            Some(parts) => item_bytes_of(parts.negative, parts.digits(), parts.magnitude),
            None => Number::ZERO.item_bytes(),
        }
    }
}

/// Why reading stored bytes cannot fail.
const VERIFIED: &str = "stored numbers were encoded here and verified by the engine";

impl fmt::Debug for NumberRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_number(), f)
    }
}

const _: () = assert!(BYTES_MAX < 0x80, "a number's length fits one byte of an item");
