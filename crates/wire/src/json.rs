//! A request body as a tree that borrows from the bytes.
//!
//! Member names are unique: of a repeated name the last stands, as in the service's own parser.
//! Nesting is bounded by the parser (128 levels, while the deepest valid request has under 80).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::encode::{ObjectWriter, write_array, write_fraction, write_string};
use crate::text::Text;

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction or exponent; beyond 64 bits the nearest that fits.
    Integer(i64),
    /// Any other number.
    Decimal(f64),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// The members of a JSON object, or none. A member that is `null` counts as absent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Members<'j, 'a> {
    entries: &'j [(Cow<'a, str>, Json<'a>)],
}

impl<'a> Json<'a> {
    /// Parses a whole body; `None` when it is not JSON, or nested too deeply.
    pub(crate) fn parse(body: &'a [u8]) -> Option<Self> {
        // Checking the encoding of the whole is cheaper than that of each string.
        serde_json::from_str(std::str::from_utf8(body).ok()?).ok()
    }

    /// The members of an object; of anything else, none.
    pub(crate) fn members(&self) -> Members<'_, 'a> {
        match self {
            Json::Object(entries) => Members { entries },
            _ => Members { entries: &[] },
        }
    }

    /// The elements of an array; of anything else, none.
    pub(crate) fn elements(&self) -> &[Json<'a>] {
        match self {
            Json::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Json<'_> {
    /// Whether a boolean is true; words count too, as in the service's parser.
    pub(crate) fn truth(&self) -> bool {
        match self {
            Json::Bool(value) => *value,
            Json::String(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// The whole part of a number, as the service's parser truncates.
    #[expect(clippy::cast_possible_truncation, reason = "truncation is what is asked for")]
    pub(crate) fn whole(&self) -> Option<i64> {
        match self {
            Json::Integer(value) => Some(*value),
            Json::Decimal(value) => Some(*value as i64),
            _ => None,
        }
    }
}

impl Json<'_> {
    /// Appends the value as JSON text.
    pub(crate) fn print(&self, out: &mut Text) {
        match self {
            Json::Null => out.extend_from_slice(b"null"),
            Json::Bool(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Json::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Json::Decimal(value) => write_fraction(out, *value),
            Json::String(text) => write_string(out, text),
            Json::Array(elements) => write_array(out, elements, |out, json| json.print(out)),
            Json::Object(entries) => {
                let mut object = ObjectWriter::open(out);
                for (name, json) in entries {
                    json.print(object.key(name));
                }
                object.close();
            }
        }
    }
}

impl<'j, 'a> Members<'j, 'a> {
    /// The member of that name, unless it is absent or `null`.
    pub(crate) fn get(self, name: &str) -> Option<&'j Json<'a>> {
        let entry = self.entries.iter().find(|(key, _)| key == name);
        entry.map(|(_, value)| value).filter(|value| !matches!(value, Json::Null))
    }

    /// The text of the member of that name, where it is a string.
    pub(crate) fn text(self, name: &str) -> Option<&'j str> {
        self.get(name).and_then(Json::text)
    }

    /// All members in the order written.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'j str, &'j Json<'a>)> {
        self.entries.iter().map(|(name, value)| (&**name, value))
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Integer(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Json::Decimal(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Owned(value)))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<Self::Value, S::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Self::Value, M::Error> {
        let mut entries = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            entries.push((name, members.next_value()?));
        }
        keep_last(&mut entries);
        Ok(Json::Object(entries))
    }
}

/// A member name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor).map(Name)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}

/// Of entries with the same name only the last remains, where the first stood.
///
/// Small objects are compared pairwise, large ones through a map, so that a body made of
/// repetitions costs no more than any other.
fn keep_last(entries: &mut Vec<(Cow<'_, str>, Json<'_>)>) {
    const PAIRWISE_MAX: usize = 16;
    let repeated = if entries.len() <= PAIRWISE_MAX {
        (1..entries.len()).any(|i| entries[..i].iter().any(|(name, _)| *name == entries[i].0))
    } else {
        let mut names = std::collections::HashSet::with_capacity(entries.len());
        !entries.iter().all(|(name, _)| names.insert(&**name))
    };
    if !repeated {
        return;
    }
    let mut places = std::collections::HashMap::with_capacity(entries.len());
    let mut kept: Vec<(Cow<'_, str>, Json<'_>)> = Vec::with_capacity(entries.len());
    for (name, value) in entries.drain(..) {
        match places.get(&name) {
            Some(&place) => {
                let (_, old): &mut (_, Json<'_>) = &mut kept[place];
                *old = value;
            }
            None => {
                places.insert(name.clone(), kept.len());
                kept.push((name, value));
            }
        }
    }
    debug_assert_eq!(kept.len(), places.len(), "each name stands once");
    *entries = kept;
}

#[cfg(test)]
mod tests {
    use super::Json;

    fn number(value: i64) -> Json<'static> {
        Json::Integer(value)
    }

    #[test]
    fn of_a_repeated_member_the_last_stands() {
        let json = Json::parse(br#"{"a":1,"b":2,"\u0061":3,"a":4}"#).unwrap();
        let expected = vec![("a".into(), number(4)), ("b".into(), number(2))];
        assert_eq!(json, Json::Object(expected));
    }

    #[test]
    fn of_a_repeated_member_among_many_the_last_stands() {
        let body: Vec<_> = (0..100).map(|i| format!("\"{}\":{i}", i % 40)).collect();
        let body = format!("{{{}}}", body.join(","));
        let json = Json::parse(body.as_bytes()).unwrap();
        assert_eq!(json.members().iter().count(), 40);
        assert_eq!(json.members().get("19"), Some(&number(99)));
        assert_eq!(json.members().get("20"), Some(&number(60)));
    }

    #[test]
    fn numbers_beyond_64_bits_keep_their_kind() {
        assert_eq!(Json::parse(b"18446744073709551615"), Some(number(i64::MAX)));
        assert_eq!(Json::parse(b"1e2").unwrap().whole(), Some(100));
        assert_eq!(Json::parse(b"-1.9").unwrap().whole(), Some(-1));
        assert_eq!(Json::parse(b"1e300").unwrap().whole(), Some(i64::MAX));
    }

    #[test]
    fn null_is_absence_in_members() {
        let json = Json::parse(br#"{"a":null}"#).unwrap();
        assert_eq!(json.members().get("a"), None);
        assert_eq!(json.members().iter().count(), 1);
    }
}
