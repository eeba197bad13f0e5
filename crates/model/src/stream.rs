//! How a table's changes are named and found.

use std::fmt::{self, Write};

use crate::Scope;

/// Where a change stands in its shard: later changes have greater numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SequenceNumber(pub u64);

/// Digits of a sequence number on the wire: the model's least, 21. Each begins with a 1, which
/// keeps the zeros in front of the number.
const SEQUENCE_DIGITS: usize = 21;

// 64 bits have 20 digits, and the 1 stands before them.
const _: () = assert!(u64::MAX.ilog10() as usize + 2 == SEQUENCE_DIGITS);

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.digits().iter().try_for_each(|digit| f.write_char(char::from(*digit)))
    }
}

impl SequenceNumber {
    /// The number as it is shown. Records show many: these are written without a formatter.
    pub fn digits(self) -> [u8; SEQUENCE_DIGITS] {
        let mut digits = [b'0'; SEQUENCE_DIGITS];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        digits[0] = b'1';
        digits
    }

    /// Reads a number as it was shown; `None` when it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('1').filter(|rest| rest.len() == SEQUENCE_DIGITS - 1)?;
        // A sign is no digit.
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok().map(Self))?
    }
}

/// The name of a change record among all records, shown as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId(pub [u8; 16]);

impl EventId {
    /// The digits.
    pub fn digits(self) -> [u8; 32] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        digits
    }
}

/// A stream as a request names it: its table's ARN, `/stream/`, and its label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamArn {
    /// The account and region of its table.
    pub scope: Scope,
    /// Its table's name.
    pub table: String,
    /// When it was created, in UTC, to the millisecond.
    pub label: String,
}

impl StreamArn {
    /// Takes an ARN apart; `None` when it is not a stream's.
    pub fn parse(text: &str) -> Option<Self> {
        let (table, label) = text.split_once("/stream/")?;
        let table = crate::TableRef::new(table);
        let whole = !label.is_empty() && !label.contains('/');
        let scope = table.scope().filter(|_| whole)?;
        Some(Self { scope, table: table.name().to_owned(), label: label.to_owned() })
    }
}

impl fmt::Display for StreamArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/stream/{}", self.scope.table_arn(&self.table), self.label)
    }
}

/// What a change made of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// An item where there was none.
    Insert,
    /// Another item than the one that was there.
    Modify,
    /// No item where there was one.
    Remove,
}

/// Who changed an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOrigin {
    /// A request.
    Caller,
    /// Its time to live had come.
    Expiry,
}

/// Where in a shard to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardPosition {
    /// From the oldest change that is kept.
    TrimHorizon,
    /// From the next change on.
    Latest,
    /// From this change on.
    At(SequenceNumber),
    /// From the change behind this one on.
    After(SequenceNumber),
    /// From the first change at or after this time on, in milliseconds since the epoch.
    AtTime(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_are_21_digits_and_read_back() {
        for number in [0, 1, u64::MAX] {
            let text = SequenceNumber(number).to_string();
            assert_eq!(text.len(), 21);
            assert_eq!(SequenceNumber::parse(&text), Some(SequenceNumber(number)));
        }
        for other in
            ["", "1", "000000000000000000001", "1+0000000000000000001", "199999999999999999999"]
        {
            assert_eq!(SequenceNumber::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_stream_is_named_by_table_and_label() {
        let text =
            "arn:aws:dynamodb:eu-west-1:123456789012:table/Films/stream/2026-11-23T18:00:00.123";
        let arn = StreamArn::parse(text).unwrap();
        assert_eq!((&*arn.table, &*arn.label), ("Films", "2026-11-23T18:00:00.123"));
        assert_eq!(arn.to_string(), text);
        for other in
            ["x", "arn:aws:dynamodb:eu-west-1:123456789012:table/Films", &format!("{text}/x")]
        {
            assert_eq!(StreamArn::parse(other), None, "{other}");
        }
    }
}
