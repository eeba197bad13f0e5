//! JSON written straight into the answer's buffer, without a tree between.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{EventId, Item, MapRef, SequenceNumber, SetRef, StreamArn, TableRef, ValueRef};

use crate::escape::write_text;
use crate::text::Text;

/// What a value takes of which there are few in an answer.
pub(crate) const SMALL_BYTES: usize = 64;

/// What can be written into an answer.
pub trait Encode {
    /// Appends the value as JSON.
    fn encode(&self, out: &mut Text);

    /// Roughly how many bytes that takes, so that large answers are written without the buffer
    /// growing.
    fn expected_bytes(&self) -> usize {
        SMALL_BYTES
    }
}

/// An object being written. [`ObjectWriter::close`] must end it.
#[must_use = "an object that is not closed is not JSON"]
pub(crate) struct ObjectWriter<'o> {
    out: &'o mut Text,
    empty: bool,
}

impl<'o> ObjectWriter<'o> {
    /// Begins an object at the end of `out`.
    pub(crate) fn open(out: &'o mut Text) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    /// Writes a member's name; its value is to follow.
    pub(crate) fn key(&mut self, name: &str) -> &mut Text {
        self.separate();
        write_string(self.out, name);
        self.out.push(b':');
        self.out
    }

    /// Writes what stands between members.
    fn separate(&mut self) -> &mut Text {
        self.assert_between_members();
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.out
    }

    /// Writes a member whose name the model gives: quoted, with its colon.
    pub(crate) fn named(&mut self, quoted: &'static str, value: &impl Encode) {
        debug_assert!(quoted.starts_with('"') && quoted.ends_with("\":"), "{quoted}");
        self.separate().extend_from_slice(quoted.as_bytes());
        value.encode(self.out);
    }

    /// Writes a member.
    pub(crate) fn member(&mut self, name: &str, value: &impl Encode) {
        value.encode(self.key(name));
    }

    pub(crate) fn string(&mut self, name: &str, value: &str) {
        write_string(self.key(name), value);
    }

    pub(crate) fn item(&mut self, name: &str, item: &Item) {
        self.key(name).item(item);
    }

    pub(crate) fn optional_item(&mut self, name: &str, item: Option<&Item>) {
        if let Some(item) = item {
            self.item(name, item);
        }
    }

    /// Begins a member that is an object itself.
    pub(crate) fn object(&mut self, name: &str) -> ObjectWriter<'_> {
        ObjectWriter::open(self.key(name))
    }

    /// Ends the object.
    pub(crate) fn close(self) {
        self.assert_between_members();
        self.out.push(b'}');
    }

    /// Asserts that whoever asked for a key has written its value.
    fn assert_between_members(&self) {
        let last = self.out.last();
        debug_assert_eq!(self.empty, last == Some(&b'{'), "members come behind the opening brace");
        let has_value = last != Some(&b':') || self.out.ends_with_item();
        debug_assert!(has_value, "the member before has its value");
    }
}

/// Writes an array, one element after the other.
pub(crate) fn write_array<O: AsMut<Vec<u8>>, T>(
    out: &mut O,
    elements: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut O, T),
) {
    out.as_mut().push(b'[');
    for (index, element) in elements.into_iter().enumerate() {
        if index > 0 {
            out.as_mut().push(b',');
        }
        write(out, element);
    }
    out.as_mut().push(b']');
}

/// Writes attributes by name, each value with its type.
pub(crate) fn write_item(out: &mut Vec<u8>, attributes: MapRef<'_>) {
    let mut before = *b"{\"";
    for (name, value) in attributes.iter() {
        out.extend_from_slice(&before);
        write_text(out, name.as_bytes());
        out.extend_from_slice(b"\":");
        write_value(out, value);
        before = *b",\"";
    }
    let end: &[u8] = if attributes.is_empty() { b"{}" } else { b"}" };
    out.extend_from_slice(end);
}

/// Writes one attribute value: `{"S":"…"}` and so on.
fn write_value(out: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        // Most values are scalars: what stands around them is written at once.
        ValueRef::S(text) => {
            out.extend_from_slice(b"{\"S\":\"");
            write_text(out, text.as_bytes());
            out.extend_from_slice(b"\"}");
        }
        ValueRef::N(number) => {
            out.extend_from_slice(b"{\"N\":\"");
            number.write_text(out);
            out.extend_from_slice(b"\"}");
        }
        ValueRef::B(bytes) => {
            out.extend_from_slice(b"{\"B\":\"");
            write_base64(out, bytes);
            out.extend_from_slice(b"\"}");
        }
        ValueRef::Bool(true) => out.extend_from_slice(b"{\"BOOL\":true}"),
        ValueRef::Bool(false) => out.extend_from_slice(b"{\"BOOL\":false}"),
        ValueRef::Null => out.extend_from_slice(b"{\"NULL\":true}"),
        ValueRef::Ss(set) => write_set(out, b"{\"SS\":", set),
        ValueRef::Ns(set) => write_set(out, b"{\"NS\":", set),
        ValueRef::Bs(set) => write_set(out, b"{\"BS\":", set),
        ValueRef::L(list) => {
            out.extend_from_slice(b"{\"L\":");
            write_array(out, list.iter(), write_value);
            out.push(b'}');
        }
        ValueRef::M(map) => {
            out.extend_from_slice(b"{\"M\":");
            write_item(out, map);
            out.push(b'}');
        }
    }
}

fn write_set(out: &mut Vec<u8>, before: &[u8], set: SetRef<'_>) {
    out.extend_from_slice(before);
    write_array(out, set.iter(), |out, element| {
        out.push(b'"');
        match element {
            ValueRef::S(text) => write_text(out, text.as_bytes()),
            ValueRef::N(number) => number.write_text(out),
            ValueRef::B(bytes) => write_base64(out, bytes),
            _ => unreachable!("sets hold strings, numbers and binaries"),
        }
        out.push(b'"');
    });
    out.push(b'}');
}

/// Writes binary as it stands within a JSON string.
fn write_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = STANDARD.encode_slice(bytes, &mut out[start..]);
    out.truncate(start + written.expect("the buffer has room for every group of three bytes"));
}

/// Writes a JSON string, escaping only what JSON requires.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    write_text(out, text.as_bytes());
    out.push(b'"');
}

/// Writes ASCII digits as a JSON string.
fn write_plain(out: &mut Vec<u8>, digits: &[u8]) {
    debug_assert!(digits.iter().all(u8::is_ascii_alphanumeric), "nothing is to be escaped");
    out.push(b'"');
    out.extend_from_slice(digits);
    out.push(b'"');
}

/// Writes a time as the wire has it: seconds since the epoch, with a fraction.
pub(crate) fn write_seconds(out: &mut Vec<u8>, milliseconds: u64) {
    use std::io::Write;
    write!(out, "{}.{:03}", milliseconds / 1000, milliseconds % 1000)
        .expect("writing to memory cannot fail");
}

/// Writes a fractional number as the service prints it: `1.0`, `0.5`.
pub(crate) fn write_fraction(out: &mut Vec<u8>, value: f64) {
    use std::io::Write;
    write!(out, "{value:?}").expect("writing to memory cannot fail");
}

impl Encode for String {
    fn encode(&self, out: &mut Text) {
        write_string(out, self);
    }
}

impl Encode for Arc<str> {
    fn encode(&self, out: &mut Text) {
        write_string(out, self);
    }
}

impl Encode for &'static str {
    fn encode(&self, out: &mut Text) {
        write_string(out, self);
    }
}

impl Encode for TableRef {
    fn encode(&self, out: &mut Text) {
        write_string(out, self.as_str());
    }
}

impl Encode for StreamArn {
    fn encode(&self, out: &mut Text) {
        write_string(out, &self.to_string());
    }
}

impl Encode for SequenceNumber {
    fn encode(&self, out: &mut Text) {
        write_plain(out, &self.digits());
    }
}

impl Encode for EventId {
    fn encode(&self, out: &mut Text) {
        write_plain(out, &self.digits());
    }
}

impl Encode for bool {
    fn encode(&self, out: &mut Text) {
        let word: &[u8] = if *self { b"true" } else { b"false" };
        out.extend_from_slice(word);
    }
}

impl Encode for i64 {
    fn encode(&self, out: &mut Text) {
        out.extend_from_slice(itoa::Buffer::new().format(*self).as_bytes());
    }
}

impl Encode for u64 {
    fn encode(&self, out: &mut Text) {
        out.extend_from_slice(itoa::Buffer::new().format(*self).as_bytes());
    }
}

impl Encode for Item {
    fn encode(&self, out: &mut Text) {
        out.item(self);
    }

    /// Names and values of a few bytes double in JSON, long ones hardly grow.
    fn expected_bytes(&self) -> usize {
        2 * self.as_bytes().len()
    }
}

impl Encode for BTreeMap<String, String> {
    fn encode(&self, out: &mut Text) {
        let mut object = ObjectWriter::open(out);
        for (name, value) in self {
            object.member(name, value);
        }
        object.close();
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, out: &mut Text) {
        write_array(out, self, |out, element| element.encode(out));
    }

    fn expected_bytes(&self) -> usize {
        self.iter().map(T::expected_bytes).sum()
    }
}

/// Parts of an answer by the table that they are about.
impl<T: Encode> Encode for Vec<(TableRef, T)> {
    fn encode(&self, out: &mut Text) {
        let mut object = ObjectWriter::open(out);
        for (table, part) in self {
            object.member(table.as_str(), part);
        }
        object.close();
    }

    fn expected_bytes(&self) -> usize {
        self.iter().map(|(table, part)| table.as_str().len() + part.expected_bytes()).sum()
    }
}

/// The answer of operations to which the model gives no output: no body at all.
impl Encode for () {
    fn encode(&self, _: &mut Text) {}
}
