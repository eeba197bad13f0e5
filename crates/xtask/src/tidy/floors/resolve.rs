//! From the paths that modules write to the modules that define what is meant.
//!
//! A name that no module of the crate has belongs to another crate. One that a path looks for in a
//! module which does not show it was made there by a macro, and counts as defined there.

use std::collections::{BTreeMap, BTreeSet};

use super::circles::{Arrows, Level};
use super::modules::{Binding, Module};
use super::paths::Import;

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

/// The arrows between modules that lie side by side, by the module around them.
pub(super) fn arrows(modules: &[Module]) -> BTreeMap<Level, Arrows> {
    let mut levels: BTreeMap<Level, Arrows> = BTreeMap::new();
    for (own, module) in modules.iter().enumerate() {
        for import in &module.imports {
            for target in targets(modules, own, import) {
                let Some((level, from, to)) = side_by_side(&module.path, &modules[target].path)
                else {
                    continue;
                };
                let places = levels.entry(level).or_default().entry((from, to)).or_default();
                places.insert((module.file.clone(), import.line));
            }
        }
    }
    levels
}

/// Where `from` and `to` part: the level, and the two modules there. None if one holds the other.
fn side_by_side(from: &[String], to: &[String]) -> Option<(Level, String, String)> {
    let common = from.iter().zip(to).take_while(|(from, to)| from == to).count();
    Some((from[..common].to_vec(), from.get(common)?.clone(), to.get(common)?.clone()))
}

/// The modules that define what an import of the module at `own` reaches.
fn targets(modules: &[Module], own: usize, import: &Import) -> BTreeSet<usize> {
    let mut search = Search { modules, under_way: Vec::new() };
    let mut found = search.path(own, &import.path);
    if import.glob {
        for whole in found.clone() {
            let Found::Module(whole) = whole else { continue };
            for name in modules[whole].names.keys() {
                found.extend(search.name(own, whole, name));
            }
        }
    }
    found.into_iter().map(|(Found::Module(module) | Found::Item(module))| module).collect()
}

/// One import's search through names and re-exports.
struct Search<'a> {
    modules: &'a [Module],
    /// What is looked up just now; a name that leads back to itself leads nowhere.
    under_way: Vec<(usize, String)>,
}

impl Search<'_> {
    /// What `path`, written in the module at `from`, means.
    fn path(&mut self, from: usize, path: &[String]) -> Vec<Found> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        let mut found = match first.as_str() {
            "crate" => vec![Found::Module(0)],
            "self" => vec![Found::Module(from)],
            "super" => self.parent(from),
            name => self.name(from, from, name),
        };
        for segment in rest {
            let within: Vec<usize> = found.iter().filter_map(as_module).collect();
            if within.is_empty() {
                // A variant or an associated item: its type has been found.
                return found;
            }
            found =
                within.into_iter().flat_map(|module| self.step(from, module, segment)).collect();
        }
        found
    }

    /// One step down, or up, from `module`.
    fn step(&mut self, viewer: usize, module: usize, segment: &str) -> Vec<Found> {
        if segment == "super" {
            return self.parent(module);
        }
        let shown = self.modules[module].names.contains_key(segment);
        let found = self.name(viewer, module, segment);
        if found.is_empty() && !shown { vec![Found::Item(module)] } else { found }
    }

    fn parent(&self, module: usize) -> Vec<Found> {
        self.modules[module].parent.map(Found::Module).into_iter().collect()
    }

    /// What `name` in `module` means to `viewer`, which sees no private module but those around
    /// it: the names of `module` first, then those of its globs.
    fn name(&mut self, viewer: usize, module: usize, name: &str) -> Vec<Found> {
        let question = (module, name.to_owned());
        if self.under_way.contains(&question) {
            return Vec::new();
        }
        self.under_way.push(question);
        let modules = self.modules;
        let found = match modules[module].names.get(name) {
            Some(bindings) => {
                bindings.iter().flat_map(|binding| self.binding(viewer, module, binding)).collect()
            }
            None => {
                let globs = modules[module].globs.iter();
                globs.flat_map(|glob| self.through(module, glob, name)).collect()
            }
        };
        self.under_way.pop();
        found
    }

    fn binding(&mut self, viewer: usize, module: usize, binding: &Binding) -> Vec<Found> {
        match binding {
            Binding::Item => vec![Found::Item(module)],
            Binding::Child { private: true, .. } if !self.within(viewer, module) => Vec::new(),
            Binding::Child { module, .. } => vec![Found::Module(*module)],
            Binding::Import(path) => self.path(module, path),
        }
    }

    /// What `name` means by way of `use glob::*` in the module at `module`.
    fn through(&mut self, module: usize, glob: &[String], name: &str) -> Vec<Found> {
        let whole = self.path(module, glob);
        whole
            .iter()
            .filter_map(as_module)
            .flat_map(|whole| self.name(module, whole, name))
            .collect()
    }

    fn within(&self, viewer: usize, module: usize) -> bool {
        self.modules[viewer].path.starts_with(&self.modules[module].path)
    }
}

fn as_module(found: &Found) -> Option<usize> {
    match found {
        Found::Module(module) => Some(*module),
        Found::Item(_) => None,
    }
}
