//! Compressing answers.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use wire::LongText;

use super::accept::Encoding;

/// Answers up to this size are never compressed, as DynamoDB does not compress them (ScyllaDB's
/// `test_compressed_response.py`, run against AWS, read 2026-11-23).
const PLAIN_BYTES_MAX: usize = 4096;
/// Longer answers are compressed on a thread of their own, where they keep no request waiting.
const IN_PLACE_BYTES_MAX: usize = 128 * 1024;

/// Whether the body is long enough.
pub(crate) fn is_worth_packing(body: &Bytes) -> bool {
    body.len() > PLAIN_BYTES_MAX
}

/// The body compressed.
pub(crate) async fn packed(body: Bytes, encoding: Encoding) -> Bytes {
    if body.len() <= IN_PLACE_BYTES_MAX {
        return pack(&body, encoding);
    }
    let packing = tokio::task::spawn_blocking(move || pack(&body, encoding));
    packing.await.expect("compressing does not panic, and nobody cancels it")
}

/// A long text compressed, of which no more than a piece is there at once.
pub(crate) async fn pack_pieces(text: LongText, encoding: Encoding) -> Bytes {
    let packing = tokio::task::spawn_blocking(move || {
        let mut next = Some(0);
        let pieces = std::iter::from_fn(|| {
            let mut piece = Vec::new();
            next = text.write_piece(next?, &mut piece);
            Some(piece)
        });
        pack_all(pieces, encoding)
    });
    packing.await.expect("compressing does not panic, and nobody cancels it")
}

fn pack(body: &[u8], encoding: Encoding) -> Bytes {
    pack_all([body].into_iter(), encoding)
}

/// The fastest level: the client waits for the answer, and JSON shrinks well at any.
fn pack_all(pieces: impl Iterator<Item: AsRef<[u8]>>, encoding: Encoding) -> Bytes {
    let level = Compression::fast();
    let packed = match encoding {
        Encoding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), level);
            write_all(&mut encoder, pieces).and_then(|()| encoder.finish())
        }
        Encoding::Deflate => {
            let mut encoder = ZlibEncoder::new(Vec::new(), level);
            write_all(&mut encoder, pieces).and_then(|()| encoder.finish())
        }
    };
    packed.expect("writing to memory cannot fail").into()
}

fn write_all(out: &mut impl Write, mut pieces: impl Iterator<Item: AsRef<[u8]>>) -> io::Result<()> {
    pieces.try_for_each(|piece| out.write_all(piece.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::super::unpacked;
    use super::*;

    #[tokio::test]
    async fn long_answers_shrink_and_come_back_whole() {
        for length in [4097, 100_000, 1_000_000] {
            let body = Bytes::from("{\"S\":\"text\"},".repeat(length / 13 + 1));
            for encoding in [Encoding::Gzip, Encoding::Deflate] {
                let small = packed(body.clone(), encoding).await;
                assert!(small.len() < body.len() / 10, "{} bytes", small.len());
                let name = Some(encoding.name());
                assert_eq!(unpacked(name, small, body.len()).unwrap(), body);
            }
        }
    }

    #[test]
    fn short_answers_are_not_worth_it() {
        assert!(!is_worth_packing(&Bytes::from(vec![0; 4096])));
        assert!(is_worth_packing(&Bytes::from(vec![0; 4097])));
    }
}
