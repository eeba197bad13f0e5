//! Words and marks of the expression language.
//!
//! Tokens, keywords included, are those of the grammar that AWS ships with its DAX clients
//! (`Tokens.g4` in npm's `@amazon-dax-sdk/client-dax`, 2026-11): one lexer serves every kind of
//! expression, so `set` is no attribute name in a filter either.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A bare name, or the name of a function.
    Word,
    /// `#name`
    Name,
    /// `:value`
    Value,
    /// A list index: `0`, or digits that do not begin with zero.
    Index,
    And,
    Or,
    Not,
    In,
    Between,
    Set,
    Remove,
    Add,
    Delete,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Comma,
    Dot,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    /// A character of no token.
    Unknown,
    End,
}

/// A token and where it stands in the text, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The tokens of a text, [`TokenKind::End`] last. Never fails: what is no token is [`TokenKind::Unknown`].
pub(crate) fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 3 + 2);
    let mut start = 0;
    while let Some(&byte) = text.as_bytes().get(start) {
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            start += 1;
            continue;
        }
        let (kind, length) = first_token(&text[start..]);
        assert!(length > 0, "every token takes the text forward");
        tokens.push(Token { kind, start, end: start + length });
        start += length;
    }
    debug_assert_eq!(start, text.len(), "the tokens reach the end of the text");
    tokens.push(Token { kind: TokenKind::End, start, end: start });
    tokens
}

/// TokenKind and length of the token that a text not beginning with whitespace begins with.
fn first_token(text: &str) -> (TokenKind, usize) {
    let bytes = text.as_bytes();
    match bytes[0] {
        b'a'..=b'z' | b'A'..=b'Z' => {
            let length = word_length(bytes);
            (keyword(&text[..length]).unwrap_or(TokenKind::Word), length)
        }
        b'#' => placeholder(TokenKind::Name, bytes),
        b':' => placeholder(TokenKind::Value, bytes),
        b'0' => (TokenKind::Index, 1),
        b'1'..=b'9' => {
            (TokenKind::Index, bytes.iter().take_while(|byte| byte.is_ascii_digit()).count())
        }
        _ => mark(text),
    }
}

fn placeholder(kind: TokenKind, bytes: &[u8]) -> (TokenKind, usize) {
    match word_length(&bytes[1..]) {
        0 => (TokenKind::Unknown, 1),
        length => (kind, length + 1),
    }
}

fn mark(text: &str) -> (TokenKind, usize) {
    let kind = match text.as_bytes() {
        [b'<', b'>', ..] => return (TokenKind::NotEqual, 2),
        [b'<', b'=', ..] => return (TokenKind::LessOrEqual, 2),
        [b'>', b'=', ..] => return (TokenKind::GreaterOrEqual, 2),
        [b'<', ..] => TokenKind::Less,
        [b'>', ..] => TokenKind::Greater,
        [b'=', ..] => TokenKind::Equal,
        [b'+', ..] => TokenKind::Plus,
        [b'-', ..] => TokenKind::Minus,
        [b',', ..] => TokenKind::Comma,
        [b'.', ..] => TokenKind::Dot,
        [b'(', ..] => TokenKind::Open,
        [b')', ..] => TokenKind::Close,
        [b'[', ..] => TokenKind::OpenBracket,
        [b']', ..] => TokenKind::CloseBracket,
        _ => return (TokenKind::Unknown, text.chars().next().map_or(1, char::len_utf8)),
    };
    (kind, 1)
}

fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}

/// Keywords stand in any case.
fn keyword(word: &str) -> Option<TokenKind> {
    const KEYWORDS: [(&str, TokenKind); 9] = [
        ("IN", TokenKind::In),
        ("OR", TokenKind::Or),
        ("ADD", TokenKind::Add),
        ("AND", TokenKind::And),
        ("NOT", TokenKind::Not),
        ("SET", TokenKind::Set),
        ("DELETE", TokenKind::Delete),
        ("REMOVE", TokenKind::Remove),
        ("BETWEEN", TokenKind::Between),
    ];
    let found = KEYWORDS.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(word));
    found.map(|(_, kind)| *kind)
}

/// Whether a placeholder given with the request is one token: `sigil`, then word characters.
pub(crate) fn is_placeholder(sigil: char, text: &str) -> bool {
    text.strip_prefix(sigil)
        .is_some_and(|word| !word.is_empty() && word_length(word.as_bytes()) == word.len())
}
