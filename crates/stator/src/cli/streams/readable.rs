//! A change as a person reads it.
//!
//! ```text
//! 2026-11-23 22:04:31  INSERT  id "1"
//!     + text "hello"
//! 2026-11-23 22:04:40  MODIFY  id "1"
//!       text "hello" → "hello, world"
//!     + stars 5
//! 2026-11-23 23:00:02  REMOVE  id "1"  (ttl)
//!     - text "hello, world"
//! ```

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use time::{OffsetDateTime, UtcOffset};

use super::api::{Item, ItemChange, Record};

/// Longer values are cut.
const VALUE_CHARACTERS_MAX: usize = 160;

const INSERT: Style = AnsiColor::Green.on_default().bold();
const MODIFY: Style = AnsiColor::Yellow.on_default().bold();
const REMOVE: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();

/// The record in lines, with the styles of a terminal.
pub(super) fn lines(record: &Record, offset: UtcOffset) -> String {
    let change = &record.dynamodb;
    let style = match record.event_name.as_str() {
        "INSERT" => INSERT,
        "REMOVE" => REMOVE,
        _ => MODIFY,
    };
    let mut text = format!(
        "{FAINT}{}{FAINT:#}  {style}{}{style:#} ",
        clock(change.approximate_creation_date_time, offset),
        plain(&record.event_name),
    );
    for (name, value) in &change.keys {
        text.push_str(&format!(" {} {}", plain(name), shown(value)));
    }
    if record.user_identity.as_ref().is_some_and(|identity| identity.kind == "Service") {
        text.push_str(&format!("  {FAINT}(ttl){FAINT:#}"));
    }
    text.push('\n');
    for line in attributes(record) {
        text.push_str(&format!("    {line}\n"));
    }
    text
}

/// The time of day where the user is, to the second: streams know no finer one.
fn clock(seconds: f64, offset: UtcOffset) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a fraction says nothing here")]
    let at = OffsetDateTime::from_unix_timestamp(seconds as i64);
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(offset);
    let (hour, minute, second) = at.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}", at.date())
}

/// What became of the attributes outside the key, as far as the stream's view shows it.
fn attributes(record: &Record) -> Vec<String> {
    let ItemChange { keys, old_image, new_image, .. } = &record.dynamodb;
    let outside = |(name, _): &(&String, &Value)| !keys.contains_key(*name);
    match (old_image, new_image) {
        (Some(old), Some(new)) => differences(old, new),
        (None, Some(new)) => {
            let sign = if record.event_name == "INSERT" { "+" } else { "is" };
            new.iter().filter(outside).map(|entry| line(sign, entry)).collect()
        }
        (Some(old), None) => {
            let sign = if record.event_name == "REMOVE" { "-" } else { "was" };
            old.iter().filter(outside).map(|entry| line(sign, entry)).collect()
        }
        (None, None) => Vec::new(),
    }
}

fn differences(old: &Item, new: &Item) -> Vec<String> {
    let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
    let gone = gone.map(|entry| line("-", entry));
    let there = new.iter().filter_map(|(name, value)| match old.get(name) {
        None => Some(line("+", (name, value))),
        Some(before) if before == value => None,
        Some(before) => Some(format!("  {} {} → {}", plain(name), shown(before), shown(value))),
    });
    gone.chain(there).collect()
}

fn line(sign: &str, (name, value): (&String, &Value)) -> String {
    format!("{sign} {} {}", plain(name), shown(value))
}

/// A name as it is, unless it could be taken for something else, or does things to a terminal.
fn plain(name: &str) -> String {
    let harmless = |character: char| character.is_alphanumeric() || "_-.:#/@".contains(character);
    if !name.is_empty() && name.chars().all(harmless) { name.to_owned() } else { quoted(name) }
}

/// In quotation marks, on one line, without control characters.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A value, cut where it is long.
fn shown(value: &Value) -> String {
    let whole = written(value);
    match whole.char_indices().nth(VALUE_CHARACTERS_MAX) {
        None => whole,
        Some((end, _)) => format!("{}… ({} characters)", &whole[..end], whole.chars().count()),
    }
}

/// `{"M": {"a": {"N": "1"}}}` as `{a: 1}`.
fn written(value: &Value) -> String {
    let Some((kind, content)) = value.as_object().and_then(|object| object.iter().next()) else {
        return value.to_string();
    };
    match (kind.as_str(), content) {
        ("S", Value::String(text)) => quoted(text),
        ("N", Value::String(number)) => plain(number),
        ("B", Value::String(base64)) => format!("<{}>", plain(base64)),
        ("BOOL", Value::Bool(is)) => is.to_string(),
        ("NULL", _) => "null".to_owned(),
        ("M", Value::Object(members)) => {
            joined("{", members.iter().map(|(name, value)| (Some(name), written(value))), "}")
        }
        ("L", Value::Array(elements)) => {
            joined("[", elements.iter().map(|element| (None, written(element))), "]")
        }
        ("SS" | "NS" | "BS", Value::Array(elements)) => {
            let kind = &kind[..1];
            let element = |element| (None, written(&serde_json::json!({kind: element})));
            joined("{", elements.iter().map(element), "}")
        }
        _ => value.to_string(),
    }
}

fn joined<'a>(
    open: &str,
    parts: impl Iterator<Item = (Option<&'a String>, String)>,
    close: &str,
) -> String {
    let mut text = open.to_owned();
    for (index, (name, value)) in parts.enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let name = name.map(|name| format!("{}: ", plain(name))).unwrap_or_default();
        text.extend([separator, &name, &value]);
    }
    text + close
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::UtcOffset;

    use super::{lines, shown};

    fn read(record: Value) -> String {
        let record = serde_json::from_value(record).unwrap();
        anstream::adapter::strip_str(&lines(&record, UtcOffset::UTC)).to_string()
    }

    fn record(event: &str, old: Option<Value>, new: Option<Value>) -> Value {
        let mut change = json!({
            "ApproximateCreationDateTime": 1_795_471_471,
            "Keys": {"id": {"S": "1"}},
            "SequenceNumber": "1",
        });
        for (name, image) in [("OldImage", old), ("NewImage", new)] {
            if let Some(image) = image {
                change[name] = image;
            }
        }
        json!({"eventName": event, "dynamodb": change})
    }

    #[test]
    fn a_modification_says_what_changed_and_nothing_else() {
        let old =
            json!({"id": {"S": "1"}, "a": {"N": "1"}, "b": {"S": "same"}, "c": {"BOOL": true}});
        let new =
            json!({"id": {"S": "1"}, "a": {"N": "2"}, "b": {"S": "same"}, "d": {"NULL": true}});
        assert_eq!(
            read(record("MODIFY", Some(old), Some(new))),
            "2026-11-23 22:04:31  MODIFY  id \"1\"\n    - c true\n      a 1 → 2\n    + d null\n"
        );
    }

    #[test]
    fn a_view_with_one_image_shows_what_it_has() {
        let image = json!({"id": {"S": "1"}, "a": {"N": "1"}});
        for (event, old, new, line) in [
            ("INSERT", None, Some(image.clone()), "    + a 1\n"),
            ("MODIFY", None, Some(image.clone()), "    is a 1\n"),
            ("MODIFY", Some(image.clone()), None, "    was a 1\n"),
            ("REMOVE", Some(image), None, "    - a 1\n"),
            ("REMOVE", None, None, ""),
        ] {
            let expected = format!("2026-11-23 22:04:31  {event}  id \"1\"\n{line}");
            assert_eq!(read(record(event, old, new)), expected);
        }
    }

    #[test]
    fn a_removal_by_time_to_live_is_told_apart() {
        let mut expired = record("REMOVE", None, None);
        expired["userIdentity"] =
            json!({"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"});
        assert_eq!(read(expired), "2026-11-23 22:04:31  REMOVE  id \"1\"  (ttl)\n");
    }

    #[test]
    fn values_are_short_and_do_nothing_to_a_terminal() {
        let nested =
            json!({"M": {"a": {"L": [{"N": "1"}, {"SS": ["x", "y"]}]}, "b c": {"B": "AA=="}}});
        assert_eq!(shown(&nested), r#"{a: [1, {"x", "y"}], "b c": <"AA==">}"#);
        assert_eq!(shown(&json!({"S": "\u{1b}[2J\n\u{9b}"})), r#""\u{1b}[2J\n\u{9b}""#);
        let long = shown(&json!({"S": "é".repeat(1000)}));
        assert!(long.ends_with("é… (1002 characters)"), "{long}");
    }
}
