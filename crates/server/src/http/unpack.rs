//! Compressed request bodies, which some SDKs can send.
//!
//! What DynamoDB does with them is known from ScyllaDB's `test_compressed_request.py`, run against
//! AWS (read 2026-11-23): gzip and deflate are understood, and what cannot be unpacked, or unpacks
//! to more than a request may have, is a server error rather than a client's.

use std::io::Read;

use bytes::Bytes;
use flate2::bufread::{GzDecoder, ZlibDecoder};
use model::ApiError;

/// How every member of a gzip file begins (RFC 1952).
const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];

/// The body that `encoding`, the value of `Content-Encoding`, stands for: at most `bytes_max`
/// bytes. Without compression it is the body itself.
///
/// # Errors
/// [`ApiError::InternalServerError`] for another encoding, broken data, or too much of it;
/// [`ApiError::Serialization`] for deflated data without the head that makes it a zlib stream, which
/// some clients send under the name of `deflate`.
pub(crate) fn unpacked(
    encoding: Option<&str>,
    body: Bytes,
    bytes_max: usize,
) -> Result<Bytes, ApiError> {
    let encoding = encoding.unwrap_or_default();
    let is = |name: &str| encoding.eq_ignore_ascii_case(name);
    let unpacked = if encoding.is_empty() || is("identity") {
        return Ok(body);
    } else if is("gzip") {
        gunzip(&body, bytes_max)
    } else if is("deflate") && !is_zlib(&body) {
        let what = "A deflated body is a zlib stream (RFC 1950)";
        return Err(ApiError::Serialization(what.to_owned()));
    } else if is("deflate") {
        inflate(&body, bytes_max)
    } else {
        None
    };
    unpacked.map(Bytes::from).ok_or(ApiError::InternalServerError)
}

/// All members of a gzip file, joined. What follows them and is no member is passed over, as
/// DynamoDB does (`test_gzip_request_with_extra_junk`).
fn gunzip(mut packed: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let mut member = GzDecoder::new(packed);
        read_bounded(&mut member, &mut whole, bytes_max)?;
        packed = member.into_inner();
        if !packed.starts_with(&GZIP_MAGIC) {
            return Some(whole);
        }
    }
}

/// Whether data begins as every zlib stream does: with its method, and with two bytes that 31
/// divides.
fn is_zlib(packed: &[u8]) -> bool {
    let [method, flags, ..] = *packed else { return false };
    method & 0x0F == 8 && u16::from_be_bytes([method, flags]) % 31 == 0
}

/// One zlib stream (RFC 1950), which HTTP calls deflate, and nothing behind it.
fn inflate(packed: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    let mut stream = ZlibDecoder::new(packed);
    read_bounded(&mut stream, &mut whole, bytes_max)?;
    stream.into_inner().is_empty().then_some(whole)
}

/// Appends all of `reader`, unless `whole` would get longer than `bytes_max`.
fn read_bounded(reader: &mut impl Read, whole: &mut Vec<u8>, bytes_max: usize) -> Option<()> {
    // One byte more than fits tells too much from just enough.
    let room = bytes_max.checked_sub(whole.len())?.checked_add(1)?;
    reader.take(u64::try_from(room).ok()?).read_to_end(whole).ok()?;
    (whole.len() <= bytes_max).then_some(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(encoding: Option<&str>, body: &[u8]) -> Option<Vec<u8>> {
        let body = Bytes::copy_from_slice(body);
        unpacked(encoding, body, 10).ok().map(|unpacked| unpacked.to_vec())
    }

    #[test]
    fn a_plain_body_stays_itself() {
        assert_eq!(unpack(None, b"plain"), Some(b"plain".to_vec()));
        assert_eq!(unpack(Some("identity"), b"plain"), Some(b"plain".to_vec()));
    }

    #[test]
    fn both_compressions_are_undone() {
        assert_eq!(unpack(Some("gzip"), &gzip(b"text")), Some(b"text".to_vec()));
        assert_eq!(unpack(Some("deflate"), &zlib(b"text")), Some(b"text".to_vec()));
        assert_eq!(unpack(Some("GZip"), &gzip(b"text")), Some(b"text".to_vec()));
    }

    #[test]
    fn gzip_members_are_joined_and_junk_behind_them_ignored() {
        let members = [gzip(b"te"), gzip(b""), gzip(b"xt"), b"junk".to_vec()].concat();
        assert_eq!(unpack(Some("gzip"), &members), Some(b"text".to_vec()));
    }

    #[test]
    fn broken_bodies_and_unknown_encodings_are_refused() {
        let packed = gzip(b"text");
        assert_eq!(unpack(Some("gzip"), &packed[..packed.len() - 1]), None);
        assert_eq!(unpack(Some("gzip"), b""), None);
        assert_eq!(unpack(Some("gzip"), b"text"), None);
        assert_eq!(unpack(Some("deflate"), &[zlib(b"te"), zlib(b"xt")].concat()), None);
        assert_eq!(unpack(Some("garbage"), b"text"), None);
    }

    #[test]
    fn deflated_data_without_a_zlib_head_is_the_clients_mistake() {
        let raw = &zlib(b"text")[2..];
        let error = unpacked(Some("deflate"), Bytes::copy_from_slice(raw), 10).unwrap_err();
        assert!(matches!(error, ApiError::Serialization(_)), "{error:?}");
        let broken = &zlib(b"text")[..5];
        let error = unpacked(Some("deflate"), Bytes::copy_from_slice(broken), 10).unwrap_err();
        assert_eq!(error, ApiError::InternalServerError);
    }

    #[test]
    fn the_limit_holds_for_what_comes_out() {
        assert_eq!(unpack(Some("gzip"), &gzip(&[7; 10])), Some(vec![7; 10]));
        assert_eq!(unpack(Some("gzip"), &gzip(&[7; 11])), None);
        assert_eq!(unpack(Some("gzip"), &[gzip(&[7; 6]), gzip(&[7; 6])].concat()), None);
        assert_eq!(unpack(Some("deflate"), &zlib(&[7; 11])), None);
    }
}
