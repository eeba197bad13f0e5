//! The text of an answer: written whole, or without its items, which follow when it is sent.
//!
//! ```text
//! {"Count":2,"Items":[ , ],"ScannedCount":9}      written
//!                     ▲ ▲
//!                 item₁ item₂                     to follow, in the bytes they are stored in
//! ```
//! An item's JSON may be many times as long as the item. So of a long answer no more is text at once
//! than a piece of some items.

use std::ops::{Deref, DerefMut};

use model::Item;

use crate::encode::write_item;

/// From how long it probably is an answer's items follow.
const LONG_BYTES: usize = 256 << 10;
/// A piece of a long text ends with the item that makes it so long.
const PIECE_BYTES: usize = 64 << 10;

/// JSON that is written, by appending to its bytes.
#[derive(Debug, Default)]
pub struct Text {
    written: Vec<u8>,
    /// Of a long text, the items and where they belong, in the order of their places.
    following: Option<Vec<(usize, Item)>>,
}

/// A text whose items follow.
#[derive(Debug)]
pub struct LongText {
    written: Vec<u8>,
    following: Vec<(usize, Item)>,
}

impl Text {
    /// A text that will probably have so many bytes.
    pub fn expecting(bytes: usize) -> Self {
        match bytes < LONG_BYTES {
            true => Self { written: Vec::with_capacity(bytes), following: None },
            false => Self { written: Vec::new(), following: Some(Vec::new()) },
        }
    }

    /// Appends an item, now or when it is sent.
    pub(crate) fn item(&mut self, item: &Item) {
        match &mut self.following {
            None => write_item(&mut self.written, item.attributes()),
            Some(following) => following.push((self.written.len(), item.clone())),
        }
    }

    /// Whether an item follows behind what is written.
    pub(crate) fn ends_with_item(&self) -> bool {
        let last = self.following.as_ref().and_then(|following| following.last());
        last.is_some_and(|(at, _)| *at == self.written.len())
    }

    /// The bytes of a short text.
    ///
    /// # Errors
    /// What a long text has instead.
    pub fn finish(self) -> Result<Vec<u8>, LongText> {
        let Self { written, following } = self;
        match following {
            None => Ok(written),
            Some(following) => Err(LongText { written, following }),
        }
    }
}

impl From<Vec<u8>> for Text {
    fn from(written: Vec<u8>) -> Self {
        Self { written, following: None }
    }
}

impl Deref for Text {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.written
    }
}

impl DerefMut for Text {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.written
    }
}

impl AsMut<Vec<u8>> for Text {
    fn as_mut(&mut self) -> &mut Vec<u8> {
        &mut self.written
    }
}

impl LongText {
    /// Appends the piece that begins with the item of this number, and says where the next one begins.
    /// The first begins with item 0.
    pub fn write_piece(&self, first: usize, out: &mut Vec<u8>) -> Option<usize> {
        let end = out.len() + PIECE_BYTES;
        let mut from = first.checked_sub(1).map_or(0, |before| self.following[before].0);
        for (number, (at, item)) in self.following.iter().enumerate().skip(first) {
            out.extend_from_slice(&self.written[from..*at]);
            write_item(out, item.attributes());
            from = *at;
            if out.len() >= end {
                return Some(number + 1);
            }
        }
        out.extend_from_slice(&self.written[from..]);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Encode;
    use crate::item::read;

    /// An answer with items of about that many bytes.
    fn answer(items: usize, bytes: usize) -> Vec<(String, Vec<Item>)> {
        let item = format!(r#"{{"a":{{"S":"{}"}}}}"#, "x".repeat(bytes));
        let items = vec![read(item.as_bytes()).unwrap(); items];
        vec![("first".to_owned(), items.clone()), ("second".to_owned(), items)]
    }

    fn written(answer: &[(String, Vec<Item>)], mut text: Text) -> Text {
        text.push(b'[');
        for (name, items) in answer {
            name.encode(&mut text);
            items.encode(&mut text);
        }
        text.push(b']');
        text
    }

    #[test]
    fn the_pieces_of_a_long_text_are_the_text() {
        for (items, bytes) in [(0, 0), (1, 10), (3, 100_000), (5_000, 40), (1, 400_000)] {
            let answer = answer(items, bytes);
            let whole = written(&answer, Text::default()).finish().unwrap();
            let long = written(&answer, Text::expecting(LONG_BYTES)).finish().unwrap_err();
            let (mut joined, mut next) = (Vec::new(), Some(0));
            while let Some(first) = next {
                let mut piece = Vec::new();
                next = long.write_piece(first, &mut piece);
                assert!(piece.len() < PIECE_BYTES + bytes + 100, "{}", piece.len());
                joined.append(&mut piece);
            }
            assert_eq!(joined, whole);
        }
    }

    #[test]
    fn a_short_text_has_its_items() {
        let short = Text::expecting(LONG_BYTES - 1);
        assert!(written(&answer(1, 10), short).finish().is_ok());
    }
}
