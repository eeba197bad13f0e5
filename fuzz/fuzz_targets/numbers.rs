//! Two texts, a line each, as numbers: order, byte form, text form, arithmetic. And the bytes
//! themselves as a number's byte form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Number;

fn encoded(number: Number) -> Vec<u8> {
    let mut bytes = Vec::new();
    number.encode(&mut bytes);
    bytes
}

fn parse(text: &[u8]) -> Option<Number> {
    Number::parse(str::from_utf8(text).ok()?).ok()
}

fn check(number: Number) {
    let bytes = encoded(number);
    assert_eq!(Number::decode(&bytes), Some((number, bytes.len())));
    assert_eq!(Number::parse(&number.to_string()), Ok(number));
    assert!((1..=22).contains(&number.item_bytes()));
    assert_eq!(number.subtract(number), Ok(Number::ZERO));
}

fuzz_target!(|data: &[u8]| {
    if let Some((number, length)) = Number::decode(data) {
        assert_eq!(encoded(number), data[..length]);
        check(number);
    }
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let (Some(a), Some(b)) = (lines.next().and_then(parse), lines.next().and_then(parse)) else {
        return;
    };
    check(a);
    check(b);
    assert_eq!(a.cmp(&b), encoded(a).cmp(&encoded(b)));
    assert_eq!(a.add(b), b.add(a));
    if let (Ok(sum), Ok(difference)) = (a.add(b), a.subtract(b)) {
        assert_eq!(sum.cmp(&a), b.cmp(&Number::ZERO));
        assert_eq!(difference.add(b).unwrap_or(a), a);
    }
});
