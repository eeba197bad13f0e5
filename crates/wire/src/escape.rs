//! Text within a JSON string: what must be escaped is, all else is copied.

/// Bytes of a long text that are looked at together.
const BLOCK_BYTES: usize = 32;

/// Writes UTF-8 as it stands within a JSON string.
#[inline]
pub(crate) fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    if text.len() < BLOCK_BYTES {
        write_words(out, text);
    } else {
        write_blocks(out, text);
    }
}

/// Writes a long text. It is mostly plain, and copied at once as far as it is.
fn write_blocks(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while rest.len() >= BLOCK_BYTES {
        let (plain, behind) = rest.split_at(plain_bytes(rest));
        out.extend_from_slice(plain);
        let (block, behind) = behind.split_at(behind.len().min(BLOCK_BYTES));
        write_words(out, block);
        rest = behind;
    }
    write_words(out, rest);
}

/// How many bytes stand in the plain blocks at the front, which pass without a branch per byte.
fn plain_bytes(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<BLOCK_BYTES>();
    let is_plain = |block: &&[u8; BLOCK_BYTES]| {
        !block.iter().fold(false, |found, byte| found | is_special(*byte))
    };
    blocks.iter().take_while(is_plain).count() * BLOCK_BYTES
}

/// Writes a short text eight bytes at a time, which is less work for most names and values than a
/// copy of any length.
fn write_words(out: &mut Vec<u8>, text: &[u8]) {
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        match specials(u64::from_le_bytes(*word)) {
            0 => out.extend_from_slice(word),
            _ => write_escaped(out, word),
        }
    }
    if rest.is_empty() {
        return;
    }
    let word = last_word(text, rest.len());
    match specials(word) {
        0 => {
            let end = out.len() + rest.len();
            out.extend_from_slice(&word.to_le_bytes());
            out.truncate(end);
        }
        _ => write_escaped(out, rest),
    }
}

/// Where the first control character, quotation mark or backslash stands: what ends a piece of text
/// within a JSON string. Eight bytes are looked at at once.
pub(crate) fn first_special(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    let words = words.iter().map(|word| first_in(u64::from_le_bytes(*word)));
    let mut found = words.enumerate().find_map(|(at, found)| Some(at * 8 + found?));
    if found.is_none() && !rest.is_empty() {
        let start = bytes.len() - rest.len();
        found = first_in(last_word(bytes, rest.len())).map(|at| start + at);
    }
    debug_assert_eq!(found, bytes.iter().position(|byte| is_special(*byte)));
    found
}

/// Where the first special byte of a word stands.
fn first_in(word: u64) -> Option<usize> {
    let specials = specials(word);
    (specials != 0).then(|| specials.trailing_zeros() as usize / 8)
}

/// The last `count` bytes of a text, one to seven, as a word, and behind them blanks. Words that reach
/// back over bytes before them, or over each other, save a look at each byte.
fn last_word(text: &[u8], count: usize) -> u64 {
    debug_assert!((1..8).contains(&count) && text.len() % 8 == count, "the others are whole words");
    let word = if let Some(last) = text.last_chunk::<8>() {
        u64::from_le_bytes(*last) >> (8 * (8 - count))
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
        first | last << (8 * (count - 4))
    } else {
        text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    word | (u64::from(b' ') * EACH) << (8 * count)
}

fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// One in each byte of a word.
const EACH: u64 = 0x0101_0101_0101_0101;

/// Marks the special ones of eight bytes by their uppermost bit. Above the first, counted from the
/// lowest byte, others may be marked.
///
/// Subtracting borrows from the uppermost bit where a byte is smaller than what is subtracted, and a
/// borrow reaches the next byte only from a marked one. `byte ^ b'\\'` is smaller than 1 for a
/// backslash; `byte ^ 2` is smaller than 0x21 for a control character and for a quotation mark, which
/// it swaps with a blank's place.
fn specials(word: u64) -> u64 {
    const TOP: u64 = 0x80 * EACH;
    let less = |word: u64, bound: u64| word.wrapping_sub(bound * EACH) & !word & TOP;
    less(word ^ (2 * EACH), 0x21) | less(word ^ (u64::from(b'\\') * EACH), 1)
}

#[cold]
fn write_escaped(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        if is_special(*byte) {
            write_escape(out, *byte);
        } else {
            out.push(*byte);
        }
    }
}

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
    fn every_byte_is_found_and_escaped_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for length in 1..80 {
                for at in [0, length / 2, length - 1] {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    let found = is_special(byte).then_some(at);
                    assert_eq!(first_special(&text), found, "{byte} of {length}");
                    let mut expected = Vec::new();
                    write_escaped(&mut expected, &text);
                    assert_eq!(written(&text), expected, "{byte} of {length}");
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
