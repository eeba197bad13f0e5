//! Planned projections: which parts of an item to answer with.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use model::{AttributeMap, AttributeValue, Item, MapRef, ValueRef};

use crate::notation::Notation;
use crate::path::{Path, Step, check_apart};

/// A planned projection.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    paths: Vec<Path>,
    attributes: BTreeMap<String, Part>,
    /// Whether every path is a top-level attribute, so that the item need not be decoded.
    whole_attributes: bool,
    notation: Notation,
}

/// How much of a value is wanted.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Whole,
    Entries(BTreeMap<String, Part>),
    Elements(BTreeMap<usize, Part>),
}

impl Projection {
    /// The projection onto the given paths, as `UPDATED_OLD` and `UPDATED_NEW` need it.
    pub fn of_paths(paths: Vec<Path>) -> Self {
        Self::new(paths, Notation::Expression)
    }

    pub(crate) fn new(paths: Vec<Path>, notation: Notation) -> Self {
        debug_assert!(check_apart(&paths).is_ok(), "whoever plans has refused paths that clash");
        let mut attributes = BTreeMap::new();
        for path in &paths {
            want(&mut attributes, &path.attribute, &path.steps);
        }
        let whole_attributes = paths.iter().all(|path| path.steps.is_empty());
        Self { paths, attributes, whole_attributes, notation }
    }

    /// The projected item; without matching attributes, an empty item.
    pub fn apply(&self, item: MapRef<'_>) -> Item {
        if self.whole_attributes {
            return item.retain(|name| self.attributes.contains_key(name));
        }
        let projected = self.attributes.iter().filter_map(|(name, part)| {
            let value = part.of_value(item.get(name)?)?;
            Some((name.clone(), value))
        });
        Item::encode(&projected.collect::<AttributeMap>())
    }

    /// Whether it was written as an expression or in legacy parameters.
    pub fn notation(&self) -> Notation {
        self.notation
    }

    /// Paths it answers with, in the order written.
    pub fn paths(&self) -> Vec<&Path> {
        self.paths.iter().collect()
    }

    /// Top-level attributes it reads, each once, sorted.
    pub fn attributes(&self) -> Vec<&str> {
        self.attributes.keys().map(String::as_str).collect()
    }
}

impl Part {
    fn of(steps: &[Step]) -> Self {
        match steps.split_first() {
            None => Self::Whole,
            Some((Step::Name(name), rest)) => {
                Self::Entries(BTreeMap::from([(name.clone(), Self::of(rest))]))
            }
            Some((Step::Index(index), rest)) => {
                Self::Elements(BTreeMap::from([(*index, Self::of(rest))]))
            }
        }
    }

    /// Wants more of the same value. Paths of one expression neither overlap nor conflict; of
    /// overlapping ones the wider would win, of conflicting ones the first.
    fn add(&mut self, steps: &[Step]) {
        match (self, steps.split_first()) {
            (Self::Whole, _) => {}
            (part, None) => *part = Self::Whole,
            (Self::Entries(entries), Some((Step::Name(name), rest))) => want(entries, name, rest),
            (Self::Elements(elements), Some((Step::Index(index), rest))) => {
                want(elements, index, rest);
            }
            (Self::Entries(_), Some((Step::Index(_), _)))
            | (Self::Elements(_), Some((Step::Name(_), _))) => {}
        }
    }

    /// The wanted part of a value, with the documents around it; `None` where the value has no such
    /// part. Elements of a list close ranks (Alternator's test_projection_expression.py, run
    /// against AWS, 2026-11).
    fn of_value(&self, value: ValueRef<'_>) -> Option<AttributeValue> {
        match (self, value) {
            (Self::Whole, value) => Some(value.to_value()),
            (Self::Entries(entries), ValueRef::M(map)) => {
                let found: AttributeMap = entries
                    .iter()
                    .filter_map(|(name, part)| Some((name.clone(), part.of_value(map.get(name)?)?)))
                    .collect();
                (!found.is_empty()).then_some(AttributeValue::M(found))
            }
            (Self::Elements(elements), ValueRef::L(list)) => {
                let found: Vec<AttributeValue> = elements
                    .iter()
                    .filter_map(|(index, part)| part.of_value(list.get(*index)?))
                    .collect();
                (!found.is_empty()).then_some(AttributeValue::L(found))
            }
            _ => None,
        }
    }
}

/// Wants what `steps` lead to from the part under `key`.
fn want<K: Ord + Clone>(parts: &mut BTreeMap<K, Part>, key: &K, steps: &[Step]) {
    match parts.entry(key.clone()) {
        Entry::Vacant(entry) => {
            entry.insert(Part::of(steps));
        }
        Entry::Occupied(mut entry) => entry.get_mut().add(steps),
    }
}
