//! A cursor over encoded bytes: the one place that knows how lengths are spelled.

use super::{FORMAT, TextRef, VERIFIED, tag};
use crate::work;

/// Reads from the front of encoded bytes.
///
/// # Panics
/// All methods, on bytes that were not encoded here.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads an item's header; returns DynamoDB's size of the item.
    pub(super) fn header(&mut self) -> usize {
        assert_eq!(self.byte(), FORMAT, "{VERIFIED}");
        self.u32()
    }

    /// What has not been read.
    pub(super) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    /// Bytes preceded by their length.
    pub(super) fn text(&mut self) -> &'a [u8] {
        let length = self.length();
        self.take(length)
    }

    /// A name or a string.
    pub(super) fn string(&mut self) -> TextRef<'a> {
        TextRef::of_encoded(self.text())
    }

    /// The elements of a container.
    pub(super) fn elements(&mut self) -> &'a [u8] {
        let length = self.u32();
        self.take(length)
    }

    /// Passes over one value; returns its bytes, tag included.
    pub(super) fn encoded_value(&mut self) -> &'a [u8] {
        let start = self.rest;
        self.skip_value();
        &start[..start.len() - self.rest.len()]
    }

    /// Passes over the entries whose names sort before `name`; returns their bytes.
    pub(super) fn entries_before(&mut self, name: &str) -> &'a [u8] {
        let start = self.rest;
        let mut next = *self;
        while !next.is_empty() && next.text() < name.as_bytes() {
            next.skip_value();
            *self = next;
        }
        &start[..start.len() - self.rest.len()]
    }

    /// Passes over the next entry if it is under `name`; returns its value's bytes.
    pub(super) fn entry(&mut self, name: &str) -> Option<&'a [u8]> {
        let mut next = *self;
        if next.is_empty() || next.text() != name.as_bytes() {
            return None;
        }
        let value = next.encoded_value();
        *self = next;
        Some(value)
    }

    pub(super) fn skip_value(&mut self) {
        match self.byte() {
            tag::S | tag::N | tag::B => {
                self.text();
            }
            tag::NULL | tag::FALSE | tag::TRUE => {}
            tag::SS..=tag::M => {
                self.elements();
            }
            _ => panic!("{VERIFIED}"),
        }
    }

    pub(super) fn byte(&mut self) -> u8 {
        work::note(1);
        let (byte, rest) = self.rest.split_first().expect(VERIFIED);
        self.rest = rest;
        *byte
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(length).expect(VERIFIED);
        self.rest = rest;
        taken
    }

    /// A length in LEB128, which is one byte of most texts.
    fn length(&mut self) -> usize {
        match self.byte() {
            length @ 0..0x80 => usize::from(length),
            low => self.long_length(low),
        }
    }

    /// The rest of a longer length. Apart, so that the usual one is read where it is needed.
    #[inline(never)]
    fn long_length(&mut self, low: u8) -> usize {
        let mut length = usize::from(low & 0x7F);
        let mut shift = 7;
        loop {
            let byte = self.byte();
            length |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return length;
            }
            shift += 7;
            assert!(shift < u32::BITS, "{VERIFIED}");
        }
    }

    fn u32(&mut self) -> usize {
        let bytes = self.take(4).try_into().expect("four bytes were taken");
        u32::from_le_bytes(bytes) as usize
    }
}
