//! JSON text laid out for people, and back. Works on text alone: what is compared is what the wire
//! carried, order of members, spelling of numbers and all.

const WIDTH_MAX: usize = 96;

/// Without white space outside strings.
pub(crate) fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut strings = Strings::default();
    for character in text.chars() {
        if strings.inside(character) || !character.is_whitespace() {
            out.push(character);
        }
    }
    out
}

/// One member or element a line where they do not fit on one.
pub(crate) fn pretty(text: &str) -> String {
    let mut out = String::new();
    lay_out(&compact(text), 0, &mut out);
    out
}

fn lay_out(value: &str, indent: usize, out: &mut String) {
    let inner = value.get(1..value.len().saturating_sub(1)).unwrap_or_default();
    let is_container = value.starts_with(['{', '[']) && value.ends_with(['}', ']']);
    if !is_container || inner.is_empty() || indent + value.len() <= WIDTH_MAX {
        out.push_str(value);
        return;
    }
    out.push_str(&value[..1]);
    let mut separator = "\n";
    for part in parts(inner) {
        out.push_str(separator);
        separator = ",\n";
        out.push_str(&" ".repeat(indent + 2));
        match member(part).filter(|_| value.starts_with('{')) {
            Some((name, value)) => {
                out.push_str(name);
                out.push_str(": ");
                lay_out(value, indent + 2, out);
            }
            None => lay_out(part, indent + 2, out),
        }
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push_str(&value[value.len() - 1..]);
}

/// The parts between the commas of a container's inside.
fn parts(inner: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    let mut strings = Strings::default();
    for (at, character) in inner.char_indices() {
        if strings.inside(character) {
            continue;
        }
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    parts
}

/// Name and value of an object's member.
fn member(part: &str) -> Option<(&str, &str)> {
    let mut strings = Strings::default();
    let colon = part.char_indices().find(|(_, c)| !strings.inside(*c) && *c == ':')?.0;
    Some((&part[..colon], &part[colon + 1..]))
}

/// Follows a text and knows what lies inside its strings, quotes included.
#[derive(Default)]
struct Strings {
    open: bool,
    escaped: bool,
}

impl Strings {
    fn inside(&mut self, character: char) -> bool {
        match character {
            _ if self.escaped => self.escaped = false,
            '\\' if self.open => self.escaped = true,
            '"' => {
                self.open = !self.open;
                return true;
            }
            _ => {}
        }
        self.open
    }
}
