//! The oracle is plain text: a number written out with 130 digits on both sides of the point.

use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn encoded(number: Number) -> Vec<u8> {
    let mut bytes = Vec::new();
    number.encode(&mut bytes);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[test]
fn every_notation_dynamodb_accepts_is_read_and_answered_in_plain_notation() {
    // Pairs as in ScyllaDB test_number.py::_NORMALIZATION_CASES, 2026-11-23, and in
    // nubo-db/dynoxide issue 109, both captured on AWS.
    for (text, canonical) in [
        ("0", "0"),
        ("00", "0"),
        ("+0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0e5", "0"),
        ("0.0e3", "0"),
        ("1", "1"),
        ("-5", "-5"),
        ("+3", "3"),
        ("007", "7"),
        ("001.23", "1.23"),
        ("1.10", "1.1"),
        ("100.000", "100"),
        ("1.", "1"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("1e3", "1000"),
        ("1E+03", "1000"),
        ("-3e2", "-300"),
        ("1.23e4", "12300"),
        ("123e-2", "1.23"),
        ("1.0e-1", "0.1"),
        ("1e20", "100000000000000000000"),
        ("1e-20", "0.00000000000000000001"),
        ("-273.15", "-273.15"),
    ] {
        assert_eq!(parsed(text).to_string(), canonical, "{text}");
    }
    assert_eq!(parsed("1e125").to_string(), format!("1{}", "0".repeat(125)));
    assert_eq!(parsed("-1e-130").to_string(), format!("-0.{}1", "0".repeat(129)));
}

#[test]
fn what_is_not_a_decimal_is_malformed() {
    for text in [
        "",
        " ",
        " 1",
        "1 ",
        "+",
        "-",
        ".",
        "+.",
        "e",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e5.0",
        "1.2.3",
        "1+2",
        "--1",
        "+-1",
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "1_000",
        "1,5",
        "dog",
        "١",
    ] {
        assert_eq!(Number::parse(text), Err(NumberError::Malformed), "{text:?}");
    }
}

#[test]
fn range_and_precision_end_where_dynamodbs_do() {
    // ScyllaDB test_number.py, 2026-11-23.
    let nines = "9".repeat(38);
    for text in ["1e125", "9.99999999e125", "0.1e126", "1e-130", "0.0e126", "0e125", "0e-130"] {
        assert!(Number::parse(text).is_ok(), "{text}");
    }
    assert!(Number::parse(&format!("-{nines}e88")).is_ok());
    for text in ["1e126", "11e125", "-1e126", "0e126", "1.0e100000000", "1e99999999999999999999"] {
        assert_eq!(Number::parse(text), Err(NumberError::Overflow), "{text}");
    }
    for text in ["1e-131", "0.9e-130", "-1e-131", "0e-131", "1e-99999999999999999999"] {
        assert_eq!(Number::parse(text), Err(NumberError::Underflow), "{text}");
    }
    for text in [format!("{nines}1"), format!("1.{}1", "0".repeat(37)), format!("{nines}.9e5")] {
        assert_eq!(Number::parse(&text), Err(NumberError::TooPrecise), "{text}");
    }
    assert_eq!(parsed(&format!("{nines}000")).to_string(), format!("{nines}000"));
}

#[test]
fn a_long_text_is_judged_by_its_value() {
    let zeros = "0".repeat(100_000);
    assert_eq!(parsed(&format!("{zeros}12.5{zeros}")), parsed("12.5"));
    assert_eq!(parsed(&format!("1{zeros}e-100000")), parsed("1"));
    assert_eq!(parsed(&format!("0.{zeros}7e100001")), parsed("7"));
    assert_eq!(Number::parse(&format!("1{zeros}")), Err(NumberError::Overflow));
    assert_eq!(Number::parse(&"9".repeat(100_000)), Err(NumberError::Overflow));
    assert_eq!(
        Number::parse(&format!("{}e-99999", "9".repeat(100_000))),
        Err(NumberError::TooPrecise)
    );
}

#[test]
fn sums_are_exact_or_refused() {
    let sum = |a: &str, b: &str| parsed(a).add(parsed(b)).map(|sum| sum.to_string());
    assert_eq!(sum("1", "10000000000000000000000").as_deref(), Ok("10000000000000000000001"));
    assert_eq!(sum("0.1", "0.2").as_deref(), Ok("0.3"));
    assert_eq!(sum("-5", "5").as_deref(), Ok("0"));
    assert_eq!(sum("0", "-7").as_deref(), Ok("-7"));
    assert_eq!(sum("1e38", "-1"), Ok("9".repeat(38)));
    assert_eq!(sum("9e125", "9e124"), Ok(format!("99{}", "0".repeat(124))));
    assert_eq!(
        sum("99999999999999999999999999999999999999", "1"),
        Ok(format!("1{}", "0".repeat(38)))
    );
    assert_eq!(sum("9e125", "9e125"), Err(NumberError::Overflow));
    assert_eq!(sum("1e50", "1"), Err(NumberError::Overflow));
    assert_eq!(sum("1e50", "-1"), Err(NumberError::Overflow));
    assert_eq!(sum("1e38", "1"), Err(NumberError::Overflow));
    assert_eq!(sum("4e38", "-1"), Err(NumberError::Overflow));
    assert_eq!(sum("1.01e-130", "-1e-130"), Err(NumberError::Underflow));
    assert_eq!(parsed("3").subtract(parsed("0")), Ok(parsed("3")));
    assert_eq!(parsed("0").subtract(parsed("3")), Ok(parsed("-3")));
    assert_eq!(parsed("9e125").subtract(parsed("-9e125")), Err(NumberError::Overflow));
}

#[test]
fn item_size_counts_digit_pairs_on_both_sides_of_the_point() {
    for (text, bytes) in [
        ("0", 1),
        ("1", 2),
        ("-1", 3),
        ("27", 2),
        ("-27", 3),
        ("461", 3),
        ("1000", 2),
        ("0.001", 2),
        ("1.5", 3),
        ("123.4", 4),
        ("1E125", 2),
        ("-1786461547", 7),
    ] {
        let number = parsed(text);
        assert_eq!(number.item_bytes(), bytes, "{text}");
        assert_eq!(NumberRef::of_encoded(&encoded(number)).item_bytes(), bytes, "{text} as bytes");
    }
    assert_eq!(parsed(&"9".repeat(38)).item_bytes(), 20);
}

/// The hex here is what docs/format/number.md shows.
#[test]
fn golden_bytes() {
    let page = include_str!("../../../../docs/format/number.md");
    for (text, golden) in [
        ("0", "80"),
        ("1", "81820B00"),
        ("-1", "7F7DF4FF"),
        ("100", "81840B00"),
        ("12.5", "81830D3300"),
        ("-0.00123", "7F80F2E0FF"),
        ("1e-130", "81000B00"),
        ("9e125", "81FF5B00"),
    ] {
        assert_eq!(hex(&encoded(parsed(text))), golden, "{text}");
        assert!(page.contains(&format!("| {text} | `{golden}` |")), "{text} on the page");
    }
}

#[test]
fn bytes_that_are_no_number_are_refused() {
    for bytes in [
        &[][..],
        &[0x00],
        &[0x81],
        &[0x81, 0x82],
        &[0x81, 0x82, 0x00],
        &[0x81, 0x82, 0x0B],
        &[0x81, 0x82, 0x02, 0x00],
        &[0x81, 0x82, 0x0B, 0x01, 0x00],
        &[0x81, 0x82, 0x65, 0x00],
        &[0x7F, 0x7D, 0xF4, 0x00],
    ] {
        assert_eq!(Number::decode(bytes), None, "{bytes:02X?}");
    }
    let too_long = [&[0x81, 0x82][..], &[0x0B; 20], &[0x00]].concat();
    assert_eq!(Number::decode(&too_long), None);
}

/// A number as sign, up to 38 digits and the exponent of the first one; all of the range.
fn numbers() -> impl Strategy<Value = Number> {
    let digits = prop_oneof!["[0-9]{1,4}", "[0-9]{1,38}", "[1-9]0{0,36}[1-9]"];
    (any::<bool>(), digits, prop_oneof![-3..=3, MAGNITUDE_MIN..=MAGNITUDE_MAX]).prop_map(
        |(negative, digits, magnitude)| {
            let digits = digits.trim_start_matches('0');
            let (first, rest) = digits.split_at(usize::from(!digits.is_empty()));
            let sign = if negative { "-" } else { "" };
            parsed(&if first.is_empty() {
                "0".to_owned()
            } else {
                format!("{sign}{first}.{rest}e{magnitude}")
            })
        },
    )
}

/// Absolute value with the point at a fixed place, so that text order is numeric order.
fn aligned(number: Number) -> String {
    let text = number.to_string();
    let (integer, fraction) =
        text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
    format!("{integer:0>130}{fraction:0<170}")
}

fn order_by_text(a: Number, b: Number) -> Ordering {
    match (a.to_string().starts_with('-'), b.to_string().starts_with('-')) {
        (false, false) => aligned(a).cmp(&aligned(b)),
        (true, true) => aligned(b).cmp(&aligned(a)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

proptest! {
    #[test]
    fn byte_order_is_numeric_order(a in numbers(), b in numbers()) {
        let expected = order_by_text(a, b);
        prop_assert_eq!(a.cmp(&b), expected);
        prop_assert_eq!(encoded(a).cmp(&encoded(b)), expected);
        prop_assert_eq!(a == b, expected == Ordering::Equal);
    }

    #[test]
    fn text_and_bytes_round_trip(number in numbers(), tail in any::<Vec<u8>>()) {
        prop_assert_eq!(parsed(&number.to_string()), number);
        let mut bytes = encoded(number);
        let length = bytes.len();
        let mut text = Vec::new();
        NumberRef::of_encoded(&bytes).write_text(&mut text);
        prop_assert_eq!(String::from_utf8(text).expect("ASCII"), number.to_string());
        prop_assert_eq!(NumberRef::of_encoded(&bytes).to_number(), number);
        prop_assert_eq!(NumberRef::of_encoded(&bytes).item_bytes(), number.item_bytes());
        bytes.extend(tail);
        prop_assert_eq!(Number::decode(&bytes), Some((number, length)));
    }

    #[test]
    fn sums_agree_with_integers(a in any::<i64>(), b in any::<i64>(), scale in -60..60) {
        let (a_number, b_number) = (parsed(&format!("{a}e{scale}")), parsed(&format!("{b}e{scale}")));
        let sum = parsed(&format!("{}e{scale}", i128::from(a) + i128::from(b)));
        let difference = parsed(&format!("{}e{scale}", i128::from(a) - i128::from(b)));
        prop_assert_eq!(a_number.add(b_number), Ok(sum));
        prop_assert_eq!(a_number.subtract(b_number), Ok(difference));
    }

    #[test]
    fn a_sum_and_its_part_give_the_other_part(a in numbers(), b in numbers()) {
        prop_assert_eq!(a.add(b), b.add(a));
        if let Ok(sum) = a.add(b) {
            prop_assert_eq!(sum.subtract(b), Ok(a));
        }
    }

    #[test]
    fn decoding_any_bytes_gives_nothing_or_the_number_they_spell(bytes in any::<Vec<u8>>()) {
        if let Some((number, length)) = Number::decode(&bytes) {
            prop_assert_eq!(encoded(number), &bytes[..length]);
        }
    }

    #[test]
    fn parsing_any_text_does_not_panic(text in "[-+.eE0-9]{0,60}|.{0,20}") {
        if let Ok(number) = Number::parse(&text) {
            prop_assert_eq!(parsed(&number.to_string()), number);
        }
    }

    #[test]
    fn integers_convert(value in any::<u64>()) {
        prop_assert_eq!(Number::from(value).to_string(), value.to_string());
    }
}

#[test]
fn the_whole_part_is_that_before_the_point() {
    let whole = |text: &str| Number::parse(text).unwrap().whole();
    assert_eq!(whole("0"), Some(0));
    assert_eq!(whole("1700000000.999"), Some(1_700_000_000));
    assert_eq!(whole("1.7E9"), Some(1_700_000_000));
    assert_eq!(whole("1E-130"), Some(0));
    assert_eq!(whole("18446744073709551615"), Some(u64::MAX));
    for none in ["-1", "-0.5", "18446744073709551616", "1E125"] {
        assert_eq!(whole(none), None, "{none}");
    }
}
