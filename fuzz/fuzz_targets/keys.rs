//! Keys of two scalars: byte order is the values' order, and a prefix begins what it begins.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use model::key::{encode_prefix, encode_scalar};
use model::{Number, ValueRef};

/// A key: a binary, then a number.
fn key(binary: &[u8], number: Number) -> Vec<u8> {
    let mut key = Vec::new();
    encode_scalar(&ValueRef::B(binary), &mut key);
    number.encode(&mut key);
    key
}

fn check(data: &[u8]) -> arbitrary::Result<()> {
    let bytes = &mut Unstructured::new(data);
    let (a, b): (Vec<u8>, Vec<u8>) = bytes.arbitrary()?;
    let (m, n) = (stator_fuzz::number(bytes)?, stator_fuzz::number(bytes)?);
    assert_eq!(key(&a, m).cmp(&key(&b, n)), (&a, m).cmp(&(&b, n)));
    let mut prefix = Vec::new();
    encode_prefix(&b, &mut prefix);
    assert_eq!(key(&a, m).starts_with(&prefix), a.starts_with(&b));
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    // Bytes that do not suffice make no key.
    let _ = check(data);
});
