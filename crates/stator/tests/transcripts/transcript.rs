//! The form of a transcript: see `tests/transcripts/README.md`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use crate::layout;

/// One conversation.
pub(crate) struct Transcript {
    /// What it shows, and the evidence.
    comment: String,
    /// In order.
    pub(crate) exchanges: Vec<Exchange>,
}

/// One request and the answer to it.
pub(crate) struct Exchange {
    /// The operation's name.
    pub(crate) operation: String,
    /// Headers that differ from the usual ones; an empty value leaves the header out.
    headers: Vec<(String, String)>,
    /// As sent.
    body: String,
    /// Expected HTTP status.
    pub(crate) status: u16,
    /// Expected body, with white space outside strings; `...` expects anything.
    pub(crate) answer: String,
}

const ANYTHING: &str = "...";

/// What changes from run to run: member names, and what stands for their values.
const VARYING: [(&str, &str); 17] = [
    ("CreationDateTime", "{{time}}"),
    ("LastUpdateToPayPerRequestDateTime", "{{time}}"),
    ("LastUpdateDateTime", "{{time}}"),
    ("LastIncreaseDateTime", "{{time}}"),
    ("LastDecreaseDateTime", "{{time}}"),
    ("TableId", "{{uuid}}"),
    ("CreationRequestDateTime", "{{time}}"),
    ("LatestStreamArn", "{{stream}}"),
    ("LatestStreamLabel", "{{label}}"),
    ("LastEvaluatedShardId", "{{shard}}"),
    ("NextShardIterator", "{{iterator}}"),
    ("RevisionId", "{{revision}}"),
    ("ShardId", "{{shard}}"),
    ("ShardIterator", "{{iterator}}"),
    ("StartingSequenceNumber", "{{sequence}}"),
    ("StreamArn", "{{stream}}"),
    ("StreamLabel", "{{label}}"),
];

/// What was answered last where answers vary, by placeholder.
#[derive(Default)]
pub(crate) struct Memory(BTreeMap<&'static str, String>);

impl Memory {
    /// Remembers what varies in an answer.
    pub(crate) fn learn(&mut self, body: &str) {
        for (member, placeholder) in VARYING {
            let start = format!("\"{member}\":\"");
            if let Some((_, behind)) = body.rsplit_once(&start) {
                let value = behind.split('"').next().expect("a string ends");
                self.0.insert(placeholder, value.to_owned());
            }
        }
    }

    /// Puts what was answered last in place of placeholders.
    fn recall(&self, body: &str) -> String {
        let remembered = self.0.iter();
        remembered
            .fold(body.to_owned(), |body, (placeholder, value)| body.replace(placeholder, value))
    }
}

impl Transcript {
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let (comment, exchanges) = text
            .split_once("\n> ")
            .unwrap_or_else(|| panic!("{}: a comment and exchanges are expected", path.display()));
        let dated = comment.contains("Evidence: ") && comment.contains("20");
        assert!(dated, "{}: no dated evidence", path.display());
        Self {
            comment: comment.trim_end().to_owned(),
            exchanges: exchanges.split("\n> ").map(Exchange::parse).collect(),
        }
    }
}

impl Exchange {
    fn parse(text: &str) -> Self {
        let (request, answer) = text.split_once("\n< ").expect("an answer follows each request");
        let (operation, rest) = request.split_once('\n').unwrap_or((request, ""));
        let mut headers = Vec::new();
        let mut body = rest;
        while let Some((name, value, rest)) = header(body) {
            headers.push((name.to_owned(), value.to_owned()));
            body = rest;
        }
        let (status, answer) = answer.split_once('\n').unwrap_or((answer, ""));
        Self {
            operation: operation.trim().to_owned(),
            headers,
            body: body.trim_end().to_owned(),
            status: status.trim().parse().expect("a status follows `<`"),
            answer: answer.trim().to_owned(),
        }
    }

    /// Whether the answer is shown, not just passed through on the way to another.
    pub(crate) fn is_shown(&self) -> bool {
        self.answer != ANYTHING
    }

    /// The request's bytes.
    pub(crate) fn request(&self, memory: &Memory) -> Vec<u8> {
        let body = memory.recall(&self.body);
        let known = wire::OperationName::parse(&self.operation);
        let target = known.map_or_else(
            || format!("DynamoDB_20120810.{}", self.operation),
            wire::OperationName::target,
        );
        let usual = [
            ("host", "localhost".to_owned()),
            ("content-type", "application/x-amz-json-1.0".to_owned()),
            ("x-amz-target", target),
            ("x-amz-date", "20261123T000000Z".to_owned()),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, \
                 SignedHeaders=host;x-amz-date;x-amz-target, Signature=00"
                    .to_owned(),
            ),
            ("content-length", body.len().to_string()),
        ];
        let changed = |name: &str| self.headers.iter().any(|(changed, _)| changed == name);
        let kept = usual.iter().filter(|(name, _)| !changed(name));
        let mut head = "POST / HTTP/1.1\r\n".to_owned();
        for (name, value) in kept.map(|(name, value)| (*name, value)).chain(self.changes()) {
            head += &format!("{name}: {value}\r\n");
        }
        (head + "\r\n" + &body).into_bytes()
    }

    fn changes(&self) -> impl Iterator<Item = (&str, &String)> {
        let given = self.headers.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| (name.as_str(), value))
    }

    /// Whether `body` is the expected answer.
    pub(crate) fn matches(&self, body: &str) -> bool {
        !self.is_shown() || layout::compact(&self.answer) == layout::compact(&steady(body))
    }

    /// Takes what was answered for what is expected.
    pub(crate) fn record(&mut self, status: u16, body: &str) {
        self.status = status;
        if self.is_shown() {
            self.answer = layout::pretty(&steady(body));
        }
    }
}

/// A header line at the start of `text`: lower-case name, colon, value.
fn header(text: &str) -> Option<(&str, &str, &str)> {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (name, value) = line.split_once(':')?;
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"-0123456789".contains(&byte));
    is_name.then(|| (name, value.trim(), rest))
}

/// Puts placeholders where an answer varies.
fn steady(body: &str) -> String {
    let mut body = body.to_owned();
    for (member, placeholder) in VARYING {
        let start = format!("\"{member}\":");
        let mut from = 0;
        while let Some(found) = body[from..].find(&start) {
            let value = from + found + start.len();
            let length = body[value..].find([',', '}']).expect("a value ends");
            body.replace_range(value..value + length, &format!("\"{placeholder}\""));
            from = value;
        }
    }
    body
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.comment)?;
        for exchange in &self.exchanges {
            write!(f, "\n\n> {}", exchange.operation)?;
            for (name, value) in &exchange.headers {
                write!(f, "\n{name}: {value}")?;
            }
            if !exchange.body.is_empty() {
                write!(f, "\n{}", exchange.body)?;
            }
            write!(f, "\n< {}\n{}", exchange.status, exchange.answer)?;
        }
        f.write_str("\n")
    }
}
