//! A string inside an item's bytes, or one that is compared with such.

use std::fmt;

use super::VERIFIED;

/// A string as its UTF-8 bytes. Stored ones are taken at their word: whoever compares or prints
/// them needs no look at each character. Byte order is DynamoDB's order of strings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextRef<'a> {
    bytes: &'a [u8],
}

impl<'a> TextRef<'a> {
    /// Takes bytes that were a string when they were encoded.
    pub(super) fn of_encoded(bytes: &'a [u8]) -> Self {
        debug_assert!(str::from_utf8(bytes).is_ok(), "{VERIFIED}");
        Self { bytes }
    }

    /// Its UTF-8 bytes.
    pub fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The same as `str`, which takes a look at all of it.
    ///
    /// # Panics
    /// Over bytes that were not encoded here.
    pub fn as_str(self) -> &'a str {
        str::from_utf8(self.bytes).expect(VERIFIED)
    }

    /// Its length in bytes.
    pub fn len(self) -> usize {
        self.bytes.len()
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// How many UTF-16 code units it takes.
    pub(super) fn utf16_units(self) -> usize {
        match self.bytes.is_ascii() {
            true => self.bytes.len(),
            false => self.as_str().encode_utf16().count(),
        }
    }
}

impl<'a> From<&'a str> for TextRef<'a> {
    fn from(text: &'a str) -> Self {
        Self { bytes: text.as_bytes() }
    }
}

impl PartialEq<str> for TextRef<'_> {
    fn eq(&self, other: &str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl PartialEq<&str> for TextRef<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl fmt::Debug for TextRef<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(formatter)
    }
}
