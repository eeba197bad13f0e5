//! Stage 3: the shape's constraints. Violations accumulate, up to ten, into one
//! ValidationException.
//!
//! Evidence: "N validation errors detected: Value 'x' at 'path' failed to satisfy constraint: …"
//! in clients' logs, for example Alternator's test_table.py (required members), serverless issue
//! 4728 (enumerations), aws-cdk-dynamodb-seeder issue 3 (map values); 2026-11. The service visits
//! the members of a structure in an order of its own that no document tells; here it is the order
//! of their names.

mod path;
mod rule;

use std::fmt::Display;

use model::ApiError;

use self::path::{Path, Step};
use self::rule::{Rule, listed, rules};
pub(crate) use self::rule::{fits_count, fits_text, fits_value};
use crate::echo::Echo;
use crate::json::Json;
use crate::shape::{Member, Shape, ShapeKind};

/// Most violations that are reported.
const VIOLATIONS_MAX: usize = 10;

/// Checks a body whose types are right.
pub(crate) fn check(body: &Json<'_>, shape: &'static Shape) -> Result<(), ApiError> {
    let mut violations = Violations { found: Vec::new() };
    violations.visit(Value { json: body, shape, path: Path::ROOT });
    let found = violations.found;
    if found.is_empty() {
        return Ok(());
    }
    debug_assert!(found.len() <= VIOLATIONS_MAX, "no more are reported");
    let plural = if found.len() == 1 { "" } else { "s" };
    Err(ApiError::Validation(format!(
        "{} validation error{plural} detected: {}",
        found.len(),
        found.join("; ")
    )))
}

/// A value, what it is and where it stands.
#[derive(Clone, Copy)]
struct Value<'v, 'a> {
    json: &'v Json<'a>,
    shape: &'static Shape,
    path: Path<'v>,
}

struct Violations {
    found: Vec<String>,
}

impl Violations {
    /// Checks a value, then what is below it.
    fn visit(&mut self, value: Value<'_, '_>) {
        for rule in rules(value.shape, value.json.text()).filter(|rule| !rule.holds(value.json)) {
            self.report(value, rule);
        }
        self.visit_parts(value);
    }

    fn visit_parts(&mut self, whole: Value<'_, '_>) {
        match (&whole.shape.kind, whole.json) {
            (ShapeKind::Structure(members), _) => {
                members.iter().for_each(|member| self.visit_member(whole, member));
            }
            (ShapeKind::List { element, .. }, Json::Array(elements)) => {
                self.check_parts(whole, "Member", elements, element);
                for (index, json) in elements.iter().enumerate() {
                    let path = whole.path.then(Step::Element(index));
                    self.visit_parts(Value { json, shape: element, path });
                }
            }
            (ShapeKind::Map { key, value, .. }, Json::Object(entries)) => {
                self.check_keys(whole, entries.iter().map(|(name, _)| &**name), key);
                self.check_parts(whole, "Map value", entries.iter().map(|(_, json)| json), value);
                for (name, json) in entries {
                    let path = whole.path.then(Step::Entry(name));
                    self.visit_parts(Value { json, shape: value, path });
                }
            }
            _ => {}
        }
    }

    fn visit_member(&mut self, whole: Value<'_, '_>, member: &'static Member) {
        let path = whole.path.then(Step::Member(member));
        match whole.json.members().get(member.name) {
            Some(json) => self.visit(Value { json, shape: member.shape, path }),
            None if member.required => {
                let absent = Value { json: &Json::Null, shape: member.shape, path };
                self.report(absent, Rule::NotNull);
            }
            None => {}
        }
    }

    /// Checks the parts of a list or map. They have no place of their own: the whole is reported,
    /// once, with all rules of a part.
    fn check_parts<'j, 'a: 'j>(
        &mut self,
        whole: Value<'_, '_>,
        subject: &str,
        parts: impl IntoIterator<Item = &'j Json<'a>>,
        shape: &'static Shape,
    ) {
        // A structure that is null misses its members; an attribute value is `value`'s to refuse.
        let may_be_null = matches!(shape.kind, ShapeKind::Structure(_) | ShapeKind::Value(_));
        for part in parts {
            if *part == Json::Null && !may_be_null {
                let rule = Rule::NotNull;
                return self
                    .report(whole, format_args!("{subject} must satisfy constraint: [{rule}]"));
            }
            if !rules(shape, part.text()).all(|rule| rule.holds(part)) {
                let rules = listed(shape);
                return self
                    .report(whole, format_args!("{subject} must satisfy constraint: [{rules}]"));
            }
        }
    }

    /// Checks the names in a map, as [`Violations::check_parts`] does its values.
    fn check_keys<'j>(
        &mut self,
        whole: Value<'_, '_>,
        mut names: impl Iterator<Item = &'j str>,
        shape: &'static Shape,
    ) {
        let hold = |name| rules(shape, Some(name)).all(|rule| rule.holds_for_text(name));
        if !names.all(hold) {
            let rules = listed(shape);
            self.report(whole, format_args!("Map keys must satisfy constraint: [{rules}]"));
        }
    }

    fn report(&mut self, value: Value<'_, '_>, constraint: impl Display) {
        if self.found.len() < VIOLATIONS_MAX {
            let echo = Echo { json: value.json, shape: value.shape };
            let path = value.path;
            self.found.push(format!(
                "Value {echo} at '{path}' failed to satisfy constraint: {constraint}"
            ));
        }
    }
}
