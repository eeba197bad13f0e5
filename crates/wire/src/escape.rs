//! Text within a JSON string: what must be escaped is, all else is copied.

/// Writes UTF-8 as it stands within a JSON string.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(index) = first_to_escape(rest) {
        out.extend_from_slice(&rest[..index]);
        write_escape(out, rest[index]);
        rest = &rest[index + 1..];
    }
    out.extend_from_slice(rest);
}

/// Where the first byte stands that JSON does not allow as it is. Long strings are mostly plain, and
/// pass in blocks, without a branch per byte.
fn first_to_escape(bytes: &[u8]) -> Option<usize> {
    const BLOCK_BYTES: usize = 32;
    let is_plain =
        |block: &&[u8]| !block.iter().fold(false, |found, byte| found | is_special(*byte));
    let passed = bytes.chunks_exact(BLOCK_BYTES).take_while(is_plain).count() * BLOCK_BYTES;
    first_special(&bytes[passed..]).map(|index| passed + index)
}

/// Where the first control character, quotation mark or backslash stands: what ends a piece of text
/// within a JSON string. Eight bytes are looked at at once.
pub(crate) fn first_special(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes.as_chunks::<8>();
    let mut found = words.iter().enumerate().find_map(|(at, word)| Some(at * 8 + in_word(*word)?));
    if found.is_none() {
        // The last word lies over the one before.
        found = match bytes.last_chunk::<8>() {
            Some(word) => in_word(*word).map(|at| bytes.len() - 8 + at),
            None => in_word(padded(bytes)),
        };
    }
    debug_assert_eq!(found, bytes.iter().position(|byte| is_special(*byte)));
    found
}

/// Where the first special byte of a word stands.
fn in_word(word: [u8; 8]) -> Option<usize> {
    let specials = specials(u64::from_le_bytes(word));
    (specials != 0).then(|| specials.trailing_zeros() as usize / 8)
}

/// Fewer than eight bytes, and behind them blanks.
fn padded(bytes: &[u8]) -> [u8; 8] {
    let mut word = [b' '; 8];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    word
}

fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Marks the special ones of eight bytes by their uppermost bit. Above the first, counted from the
/// lowest byte, others may be marked.
///
/// Subtracting borrows from the uppermost bit where a byte is smaller than what is subtracted, and a
/// borrow reaches the next byte only from a marked one. `byte ^ b'\\'` is smaller than 1 for a
/// backslash; `byte ^ 2` is smaller than 0x21 for a control character and for a quotation mark, which
/// it swaps with a blank's place.
fn specials(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const TOP: u64 = 0x80 * EACH;
    let less = |word: u64, bound: u64| word.wrapping_sub(bound * EACH) & !word & TOP;
    less(word ^ (2 * EACH), 0x21) | less(word ^ (u64::from(b'\\') * EACH), 1)
}

#[cold]
fn write_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    debug_assert!(is_special(byte), "other bytes stand for themselves");
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_text(&mut out, text);
        out
    }

    #[test]
    fn every_byte_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for length in 1..80 {
                for at in [0, length / 2, length - 1] {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    assert_eq!(
                        first_to_escape(&text),
                        is_special(byte).then_some(at),
                        "{byte} of {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn escapes_read_back() {
        let text =
            "\u{0}\u{1f} \"quoted\" back\\slash \n\r\t\u{7f} and ümläut 𝄞, long enough for a block";
        let json = format!("\"{}\"", String::from_utf8(written(text.as_bytes())).unwrap());
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(written(b""), b"");
    }
}
