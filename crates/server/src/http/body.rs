//! Request bodies, whole and bounded.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use model::ApiError;

/// How much of a too large body is still read, so that a client that only listens after it has
/// sent everything hears the answer instead of a reset connection.
const DISCARDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// More bytes than the limit.
    TooLarge,
    /// The client went away, or broke HTTP.
    Broken,
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::RequestTooLarge("Request body is too large".to_owned()),
            // Nobody is left to read it.
            BodyError::Broken => Self::Serialization(String::new()),
        }
    }
}

/// Reads a body of at most `bytes_max` bytes; one that comes in one piece is not copied.
pub(crate) async fn read_body<B>(mut body: B, bytes_max: usize) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(data) = next_data(&mut body).await? {
        if first.len() + whole.len() + data.len() > bytes_max {
            discard(body).await?;
            return Err(BodyError::TooLarge);
        }
        if first.is_empty() && whole.is_empty() {
            first = data;
            continue;
        }
        if whole.is_empty() {
            let announced = usize::try_from(body.size_hint().lower()).unwrap_or(bytes_max);
            whole.reserve(first.len() + data.len() + announced.min(bytes_max));
            whole.extend_from_slice(&std::mem::take(&mut first));
        }
        whole.extend_from_slice(&data);
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}

/// Reads on and forgets, up to a bound.
async fn discard<B>(mut body: B) -> Result<(), BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut discarded = 0;
    while discarded < DISCARDED_BYTES_MAX {
        match next_data(&mut body).await? {
            Some(data) => discarded += data.len(),
            None => break,
        }
    }
    Ok(())
}

/// The next piece of data; trailers are passed over.
async fn next_data<B>(body: &mut B) -> Result<Option<Bytes>, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::Frame;

    use super::*;

    /// A body of ready-made pieces.
    struct Pieces(VecDeque<Bytes>);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
        }
    }

    async fn read(pieces: &[&'static str], bytes_max: usize) -> Result<Bytes, BodyError> {
        let pieces = pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect();
        read_body(Pieces(pieces), bytes_max).await
    }

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_limit() {
        assert_eq!(read(&[], 4).await, Ok(Bytes::new()));
        assert_eq!(read(&["abcd"], 4).await, Ok(Bytes::from_static(b"abcd")));
        assert_eq!(read(&["ab", "", "c", "d"], 4).await, Ok(Bytes::from_static(b"abcd")));
        assert_eq!(read(&["ab", "cd", "e"], 4).await, Err(BodyError::TooLarge));
        assert_eq!(read(&["abcde"], 4).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn a_single_piece_is_not_copied() {
        let piece = Bytes::from(vec![7; 100]);
        let address = piece.as_ptr();
        let read = read_body(Pieces([piece].into()), 100).await;
        assert_eq!(read.map(|bytes| bytes.as_ptr()), Ok(address));
    }
}
