//! What an answer says: bytes, or a long text that becomes bytes while it is sent.
//!
//! The head of an answer has the length and the checksum of its body. So a long text is written
//! twice, piece by piece: once to be measured, once to be sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use wire::LongText;

/// An answer's body before its head is written.
#[derive(Debug)]
pub(crate) enum Content {
    Whole(Bytes),
    Long(MeasuredText),
}

/// A long text, and what the head says of it.
#[derive(Debug)]
pub(crate) struct MeasuredText {
    text: LongText,
    bytes: usize,
    checksum: u32,
}

impl Content {
    /// How many bytes are sent.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Long(text) => text.bytes,
        }
    }

    /// The CRC-32 of what is sent.
    pub(crate) fn checksum(&self) -> u32 {
        match self {
            Self::Whole(bytes) => crc32fast::hash(bytes),
            Self::Long(text) => text.checksum,
        }
    }
}

impl MeasuredText {
    /// Measures a text. Between two pieces other tasks have their turn.
    pub(crate) async fn new(text: LongText) -> Self {
        let (mut piece, mut next) = (Vec::new(), Some(0));
        let (mut bytes, mut checksum) = (0, crc32fast::Hasher::new());
        while let Some(first) = next {
            piece.clear();
            next = text.write_piece(first, &mut piece);
            bytes += piece.len();
            checksum.update(&piece);
            tokio::task::yield_now().await;
        }
        Self { text, bytes, checksum: checksum.finalize() }
    }
}

/// An answer's body as it is sent.
#[derive(Debug)]
pub struct AnswerBody(Sending);

#[derive(Debug)]
enum Sending {
    /// Until it was sent.
    Whole(Option<Bytes>),
    /// The first item of the next piece, and how many bytes are not sent yet.
    Pieces { text: LongText, next: Option<usize>, left: usize },
}

impl From<Content> for AnswerBody {
    fn from(content: Content) -> Self {
        Self(match content {
            Content::Whole(bytes) => Sending::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())),
            Content::Long(MeasuredText { text, bytes, .. }) => {
                Sending::Pieces { text, next: Some(0), left: bytes }
            }
        })
    }
}

impl AnswerBody {
    /// A body without a byte.
    pub(crate) fn empty() -> Self {
        Self(Sending::Whole(None))
    }

    fn next_piece(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Sending::Whole(bytes) => bytes.take(),
            Sending::Pieces { text, next, left } => {
                let mut piece = Vec::new();
                *next = text.write_piece((*next)?, &mut piece);
                *left = left.checked_sub(piece.len()).expect("a text is as long as was measured");
                Some(piece.into())
            }
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.get_mut().next_piece().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Sending::Whole(bytes) => bytes.is_none(),
            Sending::Pieces { next, .. } => next.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let bytes = match &self.0 {
            Sending::Whole(bytes) => bytes.as_ref().map_or(0, Bytes::len),
            Sending::Pieces { left, .. } => *left,
        };
        SizeHint::with_exact(bytes as u64)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use model::{AttributeMap, AttributeValue, Item};
    use wire::{Encode as _, Text};

    use super::*;

    /// Items of one text of that many bytes each, as a body and as the bytes it has in the end.
    async fn body(items: usize, bytes: usize) -> (AnswerBody, Vec<u8>, u32) {
        let text = AttributeValue::S("x".repeat(bytes));
        let item = Item::encode(&AttributeMap::from([("a".to_owned(), text)]));
        let items = vec![item; items];
        let mut whole = Text::default();
        items.encode(&mut whole);
        let mut long = Text::expecting(items.expected_bytes());
        items.encode(&mut long);
        let content = match long.finish() {
            Ok(bytes) => Content::Whole(bytes.into()),
            Err(text) => Content::Long(MeasuredText::new(text).await),
        };
        let checksum = content.checksum();
        (content.into(), whole.finish().unwrap(), checksum)
    }

    #[tokio::test]
    async fn what_is_sent_is_what_was_announced() {
        for (items, bytes) in [(0, 0), (10, 10), (1, 300_000), (10_000, 30), (40, 10_000)] {
            let (mut body, whole, checksum) = body(items, bytes).await;
            let mut sent = Vec::new();
            while let Some(frame) = body.frame().await {
                let left = usize::try_from(body.size_hint().exact().unwrap()).unwrap();
                sent.extend_from_slice(&frame.unwrap().into_data().unwrap());
                assert_eq!(left + sent.len(), whole.len());
            }
            assert!(body.is_end_stream());
            assert_eq!(sent, whole);
            assert_eq!(checksum, crc32fast::hash(&whole));
        }
    }

    #[tokio::test]
    async fn of_a_long_answer_only_pieces_are_text() {
        let (mut body, whole, _) = body(40, 10_000).await;
        while let Some(frame) = body.frame().await {
            assert!(frame.unwrap().into_data().unwrap().len() < whole.len() / 4);
        }
    }
}
