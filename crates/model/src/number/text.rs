//! The notation DynamoDB answers with: plain decimals, never an exponent
//! (ScyllaDB `test_number.py::test_number_output_normalization`, 2026-11-23).

/// Appends the number whose significant digits are the ASCII `digits`, the first of them standing
/// at ten to the power of `magnitude`.
pub(super) fn write_plain(negative: bool, digits: &[u8], magnitude: i32, out: &mut Vec<u8>) {
    debug_assert!(!digits.is_empty() && digits[0] != b'0', "the first digit is significant");
    if negative {
        out.push(b'-');
    }
    let point = magnitude + 1;
    let distance = point.unsigned_abs() as usize;
    if point <= 0 {
        out.extend_from_slice(b"0.");
        write_zeros(distance, out);
        out.extend_from_slice(digits);
    } else if distance >= digits.len() {
        out.extend_from_slice(digits);
        write_zeros(distance - digits.len(), out);
    } else {
        let (integer, fraction) = digits.split_at(distance);
        out.extend_from_slice(integer);
        out.push(b'.');
        out.extend_from_slice(fraction);
    }
}

fn write_zeros(count: usize, out: &mut Vec<u8>) {
    out.resize(out.len() + count, b'0');
}
