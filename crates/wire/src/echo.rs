//! A request's value as the service prints it back in a refusal: the way Java prints its classes.
//!
//! Evidence: `{t=[WriteRequest(putRequest=PutRequest(item={v1=com.amazonaws.dynamodb.v20120810
//! .AttributeValue@79175931, …}), deleteRequest=null)]}` in risingwave issue 17572, 2024-07. The
//! number behind an AttributeValue is a hash that means nothing to anybody; here it is always 0,
//! so that no message depends on item values.

use std::fmt::{self, Write};

use crate::json::Json;
use crate::shape::{Member, Shape, ShapeKind};

/// Most bytes of a value that are printed back.
const ECHO_BYTES_MAX: usize = 16 << 10;

/// A value to be printed: in quotes, except for null.
pub(crate) struct Echo<'j, 'a> {
    pub(crate) json: &'j Json<'a>,
    pub(crate) shape: &'j Shape,
}

impl fmt::Display for Echo<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self.json == Json::Null {
            return f.write_str("null");
        }
        let mut text = Bounded { text: String::new() };
        // Past the bound the rest is left out, which is what the error says.
        let _ = write_value(&mut text, self.json, self.shape);
        write!(f, "'{}'", text.text)
    }
}

/// Text that refuses to grow past [`ECHO_BYTES_MAX`]: a refusal is not to be larger than what it
/// refuses.
struct Bounded {
    text: String,
}

impl Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        debug_assert!(self.text.len() <= ECHO_BYTES_MAX, "the text never grows past its bound");
        let room = ECHO_BYTES_MAX - self.text.len();
        let kept = part.floor_char_boundary(room);
        self.text.push_str(&part[..kept]);
        if kept == part.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

fn write_value(out: &mut Bounded, json: &Json<'_>, shape: &Shape) -> fmt::Result {
    match (&shape.kind, json) {
        (_, Json::Null) => out.write_str("null"),
        (_, Json::Bool(value)) => write!(out, "{value}"),
        (_, Json::Integer(value)) => write!(out, "{value}"),
        (_, Json::Decimal(_)) => write!(out, "{}", json.whole().unwrap_or_default()),
        (_, Json::String(text)) => out.write_str(text),
        (ShapeKind::Value(_), _) => {
            out.write_str("com.amazonaws.dynamodb.v20120810.AttributeValue@0")
        }
        (ShapeKind::Structure(members), _) => write_structure(out, json, shape.name, members),
        (ShapeKind::Map { value, .. }, Json::Object(entries)) => {
            out.write_str("{")?;
            for (index, (name, json)) in entries.iter().enumerate() {
                write!(out, "{}{name}=", separator(index))?;
                write_value(out, json, value)?;
            }
            out.write_str("}")
        }
        (ShapeKind::List { element, .. }, Json::Array(elements)) => {
            out.write_str("[")?;
            for (index, json) in elements.iter().enumerate() {
                out.write_str(separator(index))?;
                write_value(out, json, element)?;
            }
            out.write_str("]")
        }
        (_, Json::Array(_) | Json::Object(_)) => Ok(()),
    }
}

fn write_structure(
    out: &mut Bounded,
    json: &Json<'_>,
    name: &str,
    members: &[Member],
) -> fmt::Result {
    write!(out, "{name}(")?;
    for (index, member) in members.iter().enumerate() {
        write!(out, "{}{member}=", separator(index))?;
        write_value(out, json.members().get(member.name).unwrap_or(&Json::Null), member.shape)?;
    }
    out.write_str(")")
}

fn separator(index: usize) -> &'static str {
    if index == 0 { "" } else { ", " }
}
