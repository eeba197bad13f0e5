//! The order-preserving key codec: byte order of encoded keys is DynamoDB's order of the values.
//!
//! Grammar (docs/format/key.md):
//!
//! ```text
//! key    = scalar*                    a composite key is its scalars, one after the other
//! scalar = text | number              self-delimiting, so that composites order part by part
//! text   = (byte | 00 FF)* 00 01      S (UTF-8) and B (raw); 00 is escaped as 00 FF
//! number = see crate::Number::encode
//! ```

use crate::ValueRef;

/// Appends one key scalar (S, N or B).
///
/// # Panics
/// On any other type: validation has refused it before a key is built.
pub fn encode_scalar(value: &ValueRef<'_>, out: &mut Vec<u8>) {
    todo!()
}

/// Appends the bytes that every scalar beginning with `prefix` (S or B) begins with: the escaped
/// text without its terminator.
pub fn encode_prefix(prefix: &[u8], out: &mut Vec<u8>) {
    todo!()
}
