//! DynamoDB's decimal number: 38 significant digits, 1E-130 to 9.99…E+125, exact.

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

    /// Reads decimal text as DynamoDB accepts it.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        todo!()
    }

    /// Exact sum, or the error DynamoDB gives for a result out of range.
    pub fn add(self, other: Self) -> Result<Self, NumberError> {
        todo!()
    }

    /// Exact difference, or the error DynamoDB gives for a result out of range.
    pub fn subtract(self, other: Self) -> Result<Self, NumberError> {
        todo!()
    }

    /// Bytes this number counts for in an item's size.
    pub fn item_bytes(self) -> usize {
        todo!()
    }

    /// Appends the order-preserving, self-delimiting byte form (docs/format/number.md).
    pub fn encode(self, out: &mut Vec<u8>) {
        todo!()
    }

    /// Reads the byte form from the front of `bytes`; returns the number and its length in bytes.
    pub fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        todo!()
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        todo!()
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        todo!()
    }
}

/// The canonical text DynamoDB answers with: plain notation, no exponent.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}
