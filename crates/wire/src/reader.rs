//! JSON pulled from a body's bytes, token by token.
//!
//! What it is: a cursor that hands out what comes next, borrowed from the body where it can be.
//! What it is not: it builds no tree, and it has no words for what is wrong. [`Unfit`] says only
//! that the body is not what was asked for; `explanation` finds out why.
//!
//! Invariants: it takes the texts that the parser behind [`crate::json`] takes and no others, to the
//! same depth; a differential test holds the two together, since an assertion would have to parse
//! everything twice. It stands between two characters, never within one, and is as deep as brackets
//! are open: asserted where it moves. Nothing is read after something was unfit.

use std::borrow::Cow;

use crate::escape::first_special;

/// Deepest nesting plus one, as the parser of the tree has it.
const DEPTH_END: u8 = 128;

/// The body is not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit;

/// What was read, unless it does not fit.
pub type Fit<T> = Result<T, Unfit>;

/// A place in a body.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    /// At the beginning of a body.
    pub(crate) fn new(body: &'a [u8]) -> Fit<Self> {
        // Checking the encoding of the whole is cheaper than that of each string.
        let text = std::str::from_utf8(body).map_err(|_| Unfit)?;
        Ok(Self { text, at: 0, depth: 0 })
    }

    /// The first byte of what comes next.
    pub(crate) fn peek(&mut self) -> Fit<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        // Bodies of clients have hardly any space.
        if let Some(byte) = rest.first().filter(|byte| **byte > b' ') {
            return Ok(*byte);
        }
        let space = rest.iter().take_while(|byte| b" \n\r\t".contains(byte)).count();
        self.at += space;
        rest.get(space).copied().ok_or(Unfit)
    }

    /// How many bytes there are from here to the end.
    pub(crate) fn rest_bytes(&self) -> usize {
        self.text.len() - self.at
    }

    /// Refuses anything but space from here to the end.
    pub(crate) fn finish(mut self) -> Fit<()> {
        debug_assert_eq!(self.depth, 0, "whoever finishes has left every array and object");
        if self.peek().is_ok() { Err(Unfit) } else { Ok(()) }
    }

    /// Passes over a `null`, if that comes next.
    pub(crate) fn takes_null(&mut self) -> Fit<bool> {
        if self.peek()? != b'n' {
            return Ok(false);
        }
        self.word("null").map(|()| true)
    }

    /// Enters an array or object: `open` is its bracket.
    pub(crate) fn enter(&mut self, open: u8) -> Fit<()> {
        debug_assert!(matches!(open, b'[' | b'{'), "only arrays and objects are entered");
        debug_assert!(self.depth < DEPTH_END, "nothing is read after something was unfit");
        self.byte(open)?;
        self.depth += 1;
        if self.depth < DEPTH_END { Ok(()) } else { Err(Unfit) }
    }

    /// Moves on to an element of an array, `None` at its end. `is_first` is true before the first.
    pub(crate) fn next_element(&mut self, is_first: &mut bool) -> Fit<Option<()>> {
        Ok(self.goes_on(b']', is_first)?.then_some(()))
    }

    /// Moves on to a member of an object and past its name, `None` at its end. `is_first` is true
    /// before the first.
    pub(crate) fn next_member(&mut self, is_first: &mut bool) -> Fit<Option<Cow<'a, str>>> {
        if !self.goes_on(b'}', is_first)? {
            return Ok(None);
        }
        let name = self.string()?;
        self.byte(b':')?;
        Ok(Some(name))
    }

    /// A string.
    pub(crate) fn string(&mut self) -> Fit<Cow<'a, str>> {
        self.byte(b'"')?;
        let start = self.at;
        let end = self.plain_end(start)?;
        if self.text.as_bytes()[end] == b'"' {
            self.at = end + 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped_string(start, end).map(Cow::Owned)
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Fit<bool> {
        match self.peek()? {
            b't' => self.word("true").map(|()| true),
            _ => self.word("false").map(|()| false),
        }
    }

    /// A number's whole part, as the service's parser truncates; beyond 64 bits the nearest.
    #[expect(clippy::cast_possible_truncation, reason = "truncation is what is asked for")]
    pub(crate) fn whole(&mut self) -> Fit<i64> {
        let digits = self.number()?;
        match digits.parse() {
            Ok(whole) => Ok(whole),
            Err(_) => decimal(digits).map(|number| number as i64),
        }
    }

    /// A number.
    pub(crate) fn decimal(&mut self) -> Fit<f64> {
        decimal(self.number()?)
    }

    /// Passes over a value of any kind.
    pub(crate) fn skip(&mut self) -> Fit<()> {
        let mut is_first = true;
        match self.peek()? {
            b'{' => {
                self.enter(b'{')?;
                while self.next_member(&mut is_first)?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
            b'[' => {
                self.enter(b'[')?;
                while self.next_element(&mut is_first)?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
            b'"' => self.string().map(drop),
            b'n' => self.word("null"),
            b't' | b'f' => self.boolean().map(drop),
            _ => decimal(self.number()?).map(drop),
        }
    }

    fn byte(&mut self, expected: u8) -> Fit<()> {
        let is_next = self.text.as_bytes().get(self.at) == Some(&expected);
        if !is_next && self.peek()? != expected {
            return Err(Unfit);
        }
        self.at += 1;
        debug_assert!(self.text.is_char_boundary(self.at), "JSON's own signs are ASCII");
        Ok(())
    }

    fn word(&mut self, word: &str) -> Fit<()> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Unfit);
        }
        self.at += word.len();
        Ok(())
    }

    /// Whether another part follows, up to which it moves; else it moves past the closing bracket.
    fn goes_on(&mut self, close: u8, is_first: &mut bool) -> Fit<bool> {
        let next = self.peek()?;
        debug_assert!(self.depth > 0, "what goes on was entered");
        if next == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !std::mem::take(is_first) {
            self.byte(b',')?;
        }
        Ok(true)
    }

    /// Where from `start` on the first byte stands that is not a character of a string itself:
    /// a quote or a backslash.
    fn plain_end(&self, start: usize) -> Fit<usize> {
        let rest = &self.text.as_bytes()[start..];
        let end = start + first_special(rest).ok_or(Unfit)?;
        if self.text.as_bytes()[end] < b' ' { Err(Unfit) } else { Ok(end) }
    }

    /// A string whose first backslash stands at `escape`.
    #[cold]
    fn escaped_string(&mut self, start: usize, escape: usize) -> Fit<String> {
        let (mut plain, mut end) = (start, escape);
        let mut string = String::new();
        loop {
            string.push_str(&self.text[plain..end]);
            self.at = end + 1;
            if self.text.as_bytes()[end] == b'"' {
                return Ok(string);
            }
            string.push(self.escape()?);
            plain = self.at;
            end = self.plain_end(plain)?;
        }
    }

    /// The character behind a backslash.
    fn escape(&mut self) -> Fit<char> {
        let escape = *self.text.as_bytes().get(self.at).ok_or(Unfit)?;
        self.at += 1;
        Ok(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return Err(Unfit),
        })
    }

    fn code_point(&mut self) -> Fit<char> {
        let unit = self.code_unit()?;
        let is_pair = (0xD800..0xDC00).contains(&unit);
        if !is_pair {
            return char::from_u32(unit).ok_or(Unfit);
        }
        self.word("\\u")?;
        let low = self.code_unit()?;
        if !(0xDC00..0xE000).contains(&low) {
            return Err(Unfit);
        }
        char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00)).ok_or(Unfit)
    }

    fn code_unit(&mut self) -> Fit<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(Unfit)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| {
            char::from(*digit).to_digit(16).map(|digit| unit << 4 | digit).ok_or(Unfit)
        })
    }

    /// The characters of a number.
    fn number(&mut self) -> Fit<&'a str> {
        self.peek()?;
        let bytes = self.text.as_bytes();
        let digits = |from: usize| {
            from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let has = |at: usize, any: &[u8]| bytes.get(at).is_some_and(|byte| any.contains(byte));
        let start = self.at;
        let first = start + usize::from(has(start, b"-"));
        let mut end = digits(first);
        if end == first || (has(first, b"0") && end > first + 1) {
            return Err(Unfit);
        }
        if has(end, b".") {
            let fraction = end + 1;
            end = digits(fraction);
            if end == fraction {
                return Err(Unfit);
            }
        }
        if has(end, b"eE") {
            let exponent = end + 1 + usize::from(has(end + 1, b"+-"));
            end = digits(exponent);
            if end == exponent {
                return Err(Unfit);
            }
        }
        self.at = end;
        debug_assert!(end > first, "a number has a digit");
        Ok(&self.text[start..end])
    }
}

/// The value of a number, by the parser of the tree: rounding is that parser's own.
fn decimal(digits: &str) -> Fit<f64> {
    serde_json::from_str(digits).map_err(|_| Unfit)
}
