//! The order of a map's names or of a set's elements, while they are being written.

use super::read::Cursor;

/// A name stands twice in a map, or an element twice in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated;

/// What stands one behind the other in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// Texts, the elements of a set.
    Elements,
    /// Texts with a value behind each, the entries of a map.
    Entries,
}

/// Whether the parts that were written so far rise. Most do, and stay where they are.
#[derive(Debug)]
pub(super) struct Order {
    parts: Parts,
    start: usize,
    last_at: usize,
    rises: bool,
}

impl Order {
    /// Of parts that will be written from `start` on.
    pub(super) fn of(parts: Parts, start: usize) -> Self {
        Self { parts, start, last_at: start, rises: true }
    }

    /// Notes a part whose text was just written at `at`.
    pub(super) fn note(&mut self, at: usize, bytes: &[u8]) {
        let text_at = |at: usize| Cursor::new(&bytes[at..]).text();
        if self.rises && at > self.start {
            self.rises = text_at(self.last_at) < text_at(at);
        }
        self.last_at = at;
    }

    /// Puts the parts, behind which nothing has been written, in order.
    ///
    /// # Errors
    /// [`Repeated`], and the bytes are of no use then.
    pub(super) fn settle(self, bytes: &mut Vec<u8>) -> Result<(), Repeated> {
        if self.rises {
            return Ok(());
        }
        let written = bytes.split_off(self.start);
        let mut parts = self.parts.split(&written);
        parts.sort_unstable_by_key(|(text, _)| *text);
        if parts.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Repeated);
        }
        parts.iter().for_each(|(_, part)| bytes.extend_from_slice(part));
        Ok(())
    }
}

impl Parts {
    /// Each part's text, and all of it.
    fn split(self, bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
        let mut cursor = Cursor::new(bytes);
        let mut parts = Vec::new();
        while !cursor.is_empty() {
            let from = cursor.rest();
            let text = cursor.text();
            if self == Self::Entries {
                cursor.skip_value();
            }
            parts.push((text, &from[..from.len() - cursor.rest().len()]));
        }
        parts
    }
}
