//! Planned projections: which parts of an item to answer with.
//!
//! The parts are found together, in one walk through the item, and written in the order of their
//! paths, with the documents around them.

use model::{Item, ItemWriter, MapRef, ValueRef, ValueWriter};

use crate::lookup::{PathId, Paths};
use crate::notation::Notation;
use crate::path::{Path, Step, check_apart};

/// Most paths of a projection that goes through little besides the item.
const LIGHT_PATHS_MAX: usize = 8;

/// A planned projection.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    paths: Paths,
    /// In the order of the paths.
    sorted: Vec<PathId>,
    /// Whether every path is a top-level attribute, so that nothing is to be put around a part.
    whole_attributes: bool,
    notation: Notation,
}

impl Projection {
    /// The projection onto the given paths, as `UPDATED_OLD` and `UPDATED_NEW` need it.
    pub fn of_paths(paths: Vec<Path>) -> Self {
        Self::new(paths, Notation::Expression)
    }

    pub(crate) fn new(list: Vec<Path>, notation: Notation) -> Self {
        debug_assert!(check_apart(&list).is_ok(), "whoever plans has refused paths that clash");
        let whole_attributes = list.iter().all(|path| path.steps.is_empty());
        let mut paths = Paths::default();
        let mut sorted: Vec<PathId> = list.into_iter().map(|path| paths.add(path)).collect();
        sorted.sort_unstable_by(|one, two| paths.get(*one).cmp(paths.get(*two)));
        if !whole_attributes {
            paths.settle();
        }
        Self { paths, sorted, whole_attributes, notation }
    }

    /// The projected item; without matching attributes, an empty item.
    pub fn apply(&self, item: MapRef<'_>) -> Item {
        if self.whole_attributes {
            return item.retain(|name| self.has_attribute(name));
        }
        let found = self.paths.find(item);
        let ids = self.sorted.iter().filter_map(|id| Some((*id, found.value(*id)?)));
        let parts = ids.map(|(id, value)| Part { path: self.paths.get(id), value });
        let parts: Vec<Part<'_>> = parts.collect();
        let mut out = ItemWriter::new(usize::MAX);
        for parts in parts.chunk_by(|one, two| one.path.attribute == two.path.attribute) {
            write(parts, 0, out.attribute(&parts[0].path.attribute));
        }
        out.finish().expect("paths are sorted, and each attribute stands once")
    }

    /// Bytes that it goes through for an item.
    pub fn work(&self, item: MapRef<'_>) -> usize {
        let paths = if self.whole_attributes { 0 } else { self.paths.len() };
        item.encoded_bytes() + paths * size_of::<ValueRef<'_>>()
    }

    /// Whether it goes through little besides an item itself, so that nobody needs to pause between
    /// a few items.
    pub fn is_light(&self) -> bool {
        self.whole_attributes || self.paths.len() <= LIGHT_PATHS_MAX
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
        let attribute = |id: &PathId| &*self.paths.get(*id).attribute;
        let mut attributes: Vec<&str> = self.sorted.iter().map(attribute).collect();
        attributes.dedup();
        attributes
    }

    fn has_attribute(&self, name: &str) -> bool {
        let found = self.sorted.binary_search_by(|id| (*self.paths.get(*id).attribute).cmp(name));
        found.is_ok()
    }
}

/// A part that the item has.
struct Part<'a> {
    path: &'a Path,
    value: ValueRef<'a>,
}

/// Writes parts, sorted by path, that have their attribute and so many steps in common. Elements of a
/// list close ranks (Alternator's test_projection_expression.py, run against AWS, 2026-11).
fn write(parts: &[Part<'_>], taken: usize, out: &mut ValueWriter) {
    let same = |one: &Part<'_>, two: &Part<'_>| one.path.steps[taken] == two.path.steps[taken];
    match parts[0].path.steps.get(taken) {
        None => out.view(parts[0].value),
        Some(Step::Name(_)) => {
            let mut map = out.map();
            for parts in parts.chunk_by(same) {
                let Step::Name(name) = &parts[0].path.steps[taken] else {
                    unreachable!("paths that have values take a document for a map or for a list")
                };
                write(parts, taken + 1, map.entry(name));
            }
            map.close().expect("paths are sorted, and each name stands once");
        }
        Some(Step::Index(_)) => {
            let mut list = out.list();
            parts.chunk_by(same).for_each(|parts| write(parts, taken + 1, list.element()));
            list.close();
        }
    }
}
