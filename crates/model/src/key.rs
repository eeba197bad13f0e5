//! The order-preserving key codec: byte order of encoded keys is DynamoDB's order of the values.
//!
//! Grammar (docs/format/key.md):
//!
//! ```text
//! key    = scalar*                    a composite key is its scalars, one after the other
//! scalar = text | number              self-delimiting, so that composites order part by part
//! text   = (byte | 00 FF)* 00 01      S (UTF-8) and B (raw); 00 is escaped as 00 FF
//! number = see docs/format/number.md
//! ```
//!
//! A scalar does not say its type: the table's schema fixes it, so that all scalars at one place
//! of a key are of one type.

use crate::ValueRef;

const ESCAPED: u8 = 0x00;
/// Above every other continuation, so that an escaped 00 sorts after the end of a text.
const ZERO_BYTE: u8 = 0xFF;
const END: u8 = 0x01;

/// Appends one key scalar (S, N or B).
///
/// # Panics
/// On any other type: validation has refused it before a key is built.
pub fn encode_scalar(value: &ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::S(text) => encode_text(text.as_bytes(), out),
        ValueRef::B(bytes) => encode_text(bytes, out),
        ValueRef::N(number) => out.extend_from_slice(number.as_bytes()),
        other => panic!("{} is no key type", other.type_name()),
    }
}

/// Appends the bytes that every scalar beginning with `prefix` (S or B) begins with: the escaped
/// text without its terminator.
pub fn encode_prefix(prefix: &[u8], out: &mut Vec<u8>) {
    let mut chunks = prefix.split(|byte| *byte == ESCAPED);
    out.extend_from_slice(chunks.next().unwrap_or_default());
    for chunk in chunks {
        out.extend_from_slice(&[ESCAPED, ZERO_BYTE]);
        out.extend_from_slice(chunk);
    }
}

fn encode_text(text: &[u8], out: &mut Vec<u8>) {
    encode_prefix(text, out);
    out.extend_from_slice(&[ESCAPED, END]);
}
