//! Stage 3: the shape's constraints. Violations accumulate, up to ten, into one
//! ValidationException.
//!
//! Evidence: "N validation errors detected: Value 'x' at 'path' failed to satisfy constraint: …"
//! in clients' logs, for example Alternator's test_table.py (required members), serverless issue
//! 4728 (enumerations), aws-cdk-dynamodb-seeder issue 3 (map values); 2026-11. The service visits
//! the members of a structure in an order of its own that no document tells; here it is the order
//! of their names.

use std::fmt;

use model::ApiError;

use crate::echo::Echo;
use crate::json::Json;
use crate::pattern;
use crate::shape::{Kind, Member, Range, Shape, Text};

/// Most violations that are reported.
const VIOLATIONS_MAX: usize = 10;

/// Names of tables that are not ARNs (the model's shape TableName).
const TABLE_NAME: Text =
    Text { length: Range::between(3, 255), pattern: Some("[a-zA-Z0-9_.-]+"), words: &[] };
/// ARNs of tables (the model's shape TableArn).
const TABLE_ARN: Text = Text { length: Range::between(1, 1024), pattern: None, words: &[] };

/// Checks a body whose types are right.
pub(crate) fn check(body: &Json<'_>, shape: &Shape) -> Result<(), ApiError> {
    let mut violations = Vec::new();
    visit(body, shape, Path::ROOT, &mut violations);
    if violations.is_empty() {
        return Ok(());
    }
    let plural = if violations.len() == 1 { "" } else { "s" };
    Err(ApiError::Validation(format!(
        "{} validation error{plural} detected: {}",
        violations.len(),
        violations.join("; ")
    )))
}

/// Where a value stands. Built on the stack, written out only for a violation.
#[derive(Clone, Copy)]
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Member(&'p str),
    Element(usize),
    Entry(&'p str),
}

impl Path<'_> {
    const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    fn then<'p>(&'p self, step: Step<'p>) -> Path<'p> {
        Path { parent: Some(self), step }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if !matches!(parent.step, Step::Root) {
                f.write_str(".")?;
            }
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Member(name) => {
                let (first, rest) = name.split_at_checked(1).unwrap_or((name, ""));
                write!(f, "{}{rest}", first.to_ascii_lowercase())
            }
            Step::Element(index) => write!(f, "{}.member", index + 1),
            Step::Entry(name) => write!(f, "{name}.member"),
        }
    }
}

/// Checks one value, then what is below it. Absence is the business of whoever holds the value.
fn visit(json: &Json<'_>, shape: &Shape, path: Path<'_>, violations: &mut Vec<String>) {
    for constraint in violated(json, shape) {
        report(json, shape, path, &format!("Member must {constraint}"), violations);
    }
    visit_parts(json, shape, path, violations);
}

fn visit_parts(json: &Json<'_>, shape: &Shape, path: Path<'_>, violations: &mut Vec<String>) {
    match (&shape.kind, json) {
        (Kind::Structure(members), _) => {
            for member in *members {
                visit_member(json, member, path, violations);
            }
        }
        (Kind::List { element, .. }, Json::Array(elements)) => {
            visit_collection(elements, element, (json, shape, path), "Member", violations);
            for (index, part) in elements.iter().enumerate() {
                visit_parts(part, element, path.then(Step::Element(index)), violations);
            }
        }
        (Kind::Map { key, value, .. }, Json::Object(entries)) => {
            if entries.iter().any(|(name, _)| !violated_by_text(name, key).is_empty()) {
                let text = format!("Map keys must satisfy constraint: [{}]", listed(key));
                report(json, shape, path, &text, violations);
            }
            visit_collection(
                entries.iter().map(|(_, part)| part),
                value,
                (json, shape, path),
                "Map value",
                violations,
            );
            for (name, part) in entries {
                visit_parts(part, value, path.then(Step::Entry(name)), violations);
            }
        }
        _ => {}
    }
}

fn visit_member(json: &Json<'_>, member: &Member, path: Path<'_>, violations: &mut Vec<String>) {
    let path = path.then(Step::Member(member.name));
    match json.members().get(member.name) {
        Some(value) => visit(value, member.shape, path, violations),
        None if member.required => {
            report(&Json::Null, member.shape, path, "Member must not be null", violations);
        }
        None => {}
    }
}

/// What is a part of a list or map has no path of its own: the whole answers for all of them,
/// with all constraints of a part at once.
fn visit_collection<'j, 'a: 'j>(
    parts: impl IntoIterator<Item = &'j Json<'a>>,
    part: &Shape,
    (json, shape, path): (&Json<'_>, &Shape, Path<'_>),
    subject: &str,
    violations: &mut Vec<String>,
) {
    if parts.into_iter().any(|json| !violated(json, part).is_empty()) {
        let text = format!("{subject} must satisfy constraint: [{}]", listed(part));
        report(json, shape, path, &text, violations);
    }
}

fn report(
    json: &Json<'_>,
    shape: &Shape,
    path: Path<'_>,
    constraint: &str,
    violations: &mut Vec<String>,
) {
    if violations.len() < VIOLATIONS_MAX {
        let value = Echo { json, shape };
        violations
            .push(format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}"));
    }
}

/// The value's own constraints that it violates, each as what it must do.
fn violated(json: &Json<'_>, shape: &Shape) -> Vec<String> {
    match (&shape.kind, json) {
        (Kind::Text(_) | Kind::TableReference, Json::String(text)) => violated_by_text(text, shape),
        (Kind::Integer(range) | Kind::Long(range), number) => {
            violated_bounds(*range, number.whole().unwrap_or_default(), VALUE)
        }
        (Kind::List { length, .. }, Json::Array(elements)) => {
            violated_bounds(*length, count(elements.len()), LENGTH)
        }
        (Kind::Map { length, .. }, Json::Object(entries)) => {
            violated_bounds(*length, count(entries.len()), LENGTH)
        }
        _ => Vec::new(),
    }
}

fn violated_by_text(text: &str, shape: &Shape) -> Vec<String> {
    let Some(constraints) = text_constraints(shape, text) else { return Vec::new() };
    let mut violated = Vec::new();
    if !constraints.words.is_empty() && !constraints.words.contains(&text) {
        violated.push(one_of(constraints.words));
    }
    if let Some(pattern) = constraints.pattern
        && pattern::matches(pattern, text) == Some(false)
    {
        violated.push(matching(pattern));
    }
    // A length counts UTF-16 code units, as Java does.
    let length = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    violated.extend(violated_bounds(constraints.length, count(length), LENGTH));
    violated
}

/// The constraints of a string shape; those of a table reference depend on which kind it is.
fn text_constraints<'s>(shape: &'s Shape, text: &str) -> Option<&'s Text> {
    match &shape.kind {
        Kind::Text(constraints) => Some(constraints),
        Kind::TableReference if text.starts_with("arn:") => Some(&TABLE_ARN),
        Kind::TableReference => Some(&TABLE_NAME),
        _ => None,
    }
}

const LENGTH: &str = "length";
const VALUE: &str = "value";

fn violated_bounds(range: Range, measured: i64, measure: &str) -> Vec<String> {
    let low = range.min.filter(|min| measured < *min).map(|min| at_least(measure, min));
    let high = range.max.filter(|max| measured > *max).map(|max| at_most(measure, max));
    low.into_iter().chain(high).collect()
}

/// All constraints of a shape, in the order in which the service lists them for a part.
fn listed(shape: &Shape) -> String {
    let (range, measure, pattern, words): (_, _, _, &[_]) = match &shape.kind {
        Kind::Text(text) => (text.length, LENGTH, text.pattern, text.words),
        Kind::TableReference => (TABLE_NAME.length, LENGTH, TABLE_NAME.pattern, &[]),
        Kind::List { length, .. } | Kind::Map { length, .. } => (*length, LENGTH, None, &[]),
        Kind::Integer(range) | Kind::Long(range) => (*range, VALUE, None, &[]),
        Kind::Structure(_) | Kind::Boolean | Kind::Blob => (Range::ANY, VALUE, None, &[]),
    };
    let constraints = [
        range.max.map(|max| at_most(measure, max)),
        range.min.map(|min| at_least(measure, min)),
        pattern.map(matching),
        (!words.is_empty()).then(|| one_of(words)),
    ];
    let constraints = constraints.into_iter().flatten().map(|text| format!("Member must {text}"));
    constraints.collect::<Vec<_>>().join(", ")
}

fn at_least(measure: &str, min: i64) -> String {
    format!("have {measure} greater than or equal to {min}")
}

fn at_most(measure: &str, max: i64) -> String {
    format!("have {measure} less than or equal to {max}")
}

fn matching(pattern: &str) -> String {
    format!("satisfy regular expression pattern: {pattern}")
}

fn one_of(words: &[&str]) -> String {
    format!("satisfy enum value set: [{}]", words.join(", "))
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
