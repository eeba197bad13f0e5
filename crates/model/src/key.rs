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
//! of a key are of one type. No assertion holds that here, where nobody knows the schema.

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
    let start = out.len();
    encode_prefix(text, out);
    debug_assert!(
        !out[start..].windows(2).any(|pair| pair == [ESCAPED, END]),
        "nothing within a text looks like its end"
    );
    out.extend_from_slice(&[ESCAPED, END]);
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::{AttributeValue, Number};

    fn key(scalars: &[AttributeValue]) -> Vec<u8> {
        let mut key = Vec::new();
        for scalar in scalars {
            let mut encoded = Vec::new();
            scalar.encode(&mut encoded);
            encode_scalar(&ValueRef::of_encoded(&encoded), &mut key);
        }
        key
    }

    fn prefix(text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_prefix(text, &mut bytes);
        bytes
    }

    fn number(text: &str) -> AttributeValue {
        AttributeValue::N(Number::parse(text).unwrap())
    }

    #[test]
    fn golden_bytes() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let page = include_str!("../../../docs/format/key.md");
        for (shown, bytes, golden) in [
            ("S \"\"", key(&[text("")]), "0001"),
            ("S \"ab\"", key(&[text("ab")]), "61620001"),
            ("B 61 00 62", key(&[AttributeValue::B(b"a\0b".to_vec())]), "6100FF620001"),
            ("N 12.5", key(&[number("12.5")]), "81830D3300"),
            ("S \"ab\", then N -1", key(&[text("ab"), number("-1")]), "616200017F7DF4FF"),
            ("the prefix \"ab\"", prefix(b"ab"), "6162"),
        ] {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            assert_eq!(hex, golden, "{shown}");
            assert!(page.contains(&format!("| {shown} | `{golden}` |")), "{shown} on the page");
        }
    }

    #[test]
    #[should_panic(expected = "BOOL is no key type")]
    fn other_types_are_refused() {
        encode_scalar(&ValueRef::Bool(true), &mut Vec::new());
    }

    /// Bytes among which the escaped one, its escapes and their neighbours are frequent.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        vec(prop_oneof![Just(0x00), Just(0x01), Just(0xFF), any::<u8>()], 0..6)
    }

    /// A key of one schema: B, N, S.
    fn composites() -> impl Strategy<Value = (Vec<u8>, Number, String)> {
        let numbers = "-?[0-9]{1,3}e-?[0-9]{1,2}".prop_map(|text| Number::parse(&text).unwrap());
        (bytes(), numbers, "[\0a\u{80}\u{ffff}\u{10000}]{0,3}")
    }

    proptest! {
        #[test]
        fn byte_order_is_the_order_of_the_values_part_by_part(
            a in composites(),
            b in composites(),
            shared in 0..3,
        ) {
            let b = match shared {
                0 => b,
                1 => (a.0.clone(), b.1, b.2),
                _ => (a.0.clone(), a.1, b.2),
            };
            let encode = |(bytes, number, text): &(Vec<u8>, Number, String)| key(&[
                AttributeValue::B(bytes.clone()),
                AttributeValue::N(*number),
                AttributeValue::S(text.clone()),
            ]);
            prop_assert_eq!(encode(&a).cmp(&encode(&b)), a.cmp(&b));
        }

        #[test]
        fn keys_begin_with_a_prefix_exactly_when_the_text_does(text in bytes(), start in bytes()) {
            let bytes = key(&[AttributeValue::B(text.clone())]);
            prop_assert_eq!(bytes.starts_with(&prefix(&start)), text.starts_with(&start));
            for end in 0..=text.len() {
                prop_assert!(bytes.starts_with(&prefix(&text[..end])));
            }
        }

        #[test]
        fn a_text_sorts_before_its_continuations(text in bytes(), more in bytes()) {
            let longer = [&text[..], &more].concat();
            let order = key(&[AttributeValue::B(text)]).cmp(&key(&[AttributeValue::B(longer)]));
            prop_assert_eq!(order, if more.is_empty() { Ordering::Equal } else { Ordering::Less });
        }
    }
}
