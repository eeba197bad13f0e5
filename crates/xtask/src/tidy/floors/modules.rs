//! The modules of one crate, as its files declare them: which names each has, and what it imports.

use std::collections::BTreeMap;

use anyhow::Context;
use syn::{Ident, Item, ItemMod, Visibility};

use super::super::Tree;
use super::paths::{self, Import};

/// One module, in a file of its own or within another's.
#[derive(Debug)]
pub(super) struct Module {
    /// The names from the root down; the root itself has none.
    pub(super) path: Vec<String>,
    /// Where the module around it stands among the crate's modules.
    pub(super) parent: Option<usize>,
    /// The file, relative to the workspace.
    pub(super) file: String,
    /// What a name means here. A function and a module may share one.
    pub(super) names: BTreeMap<String, Vec<Binding>>,
    /// The paths of `use …::*`.
    pub(super) globs: Vec<Vec<String>>,
    /// Every import, in the order of the file.
    pub(super) imports: Vec<Import>,
}

/// What a name stands for.
#[derive(Debug)]
pub(super) enum Binding {
    /// Something that the module defines itself.
    Item,
    /// A module within it.
    Child {
        /// Where the child stands among the crate's modules.
        module: usize,
        /// Whether only the parent and what it holds can name the child.
        private: bool,
    },
    /// What a `use` declaration brought here.
    Import(Vec<String>),
}

/// Reads `crates/<folder>` from its `lib.rs` down; a parent stands before its children.
pub(super) fn read(tree: &Tree, folder: &str) -> anyhow::Result<Vec<Module>> {
    let sources = format!("crates/{folder}/src");
    let mut reader = Reader { tree, modules: Vec::new() };
    reader.file(None, Vec::new(), format!("{sources}/lib.rs"), &sources)?;
    Ok(reader.modules)
}

struct Reader<'a> {
    tree: &'a Tree,
    modules: Vec<Module>,
}

impl Reader<'_> {
    /// Reads a module that has a file of its own, and whose children's files lie in `folder`.
    fn file(
        &mut self,
        parent: Option<usize>,
        path: Vec<String>,
        file: String,
        folder: &str,
    ) -> anyhow::Result<usize> {
        let text = self.tree.text(&file).with_context(|| format!("{file} is missing"))?;
        let syntax = syn::parse_file(text).with_context(|| file.clone())?;
        let module = Module {
            path,
            parent,
            file,
            names: BTreeMap::new(),
            globs: Vec::new(),
            imports: Vec::new(),
        };
        self.module(module, folder, &syntax.items)
    }

    /// Fills `module` from its items, and reads its children.
    fn module(
        &mut self,
        mut module: Module,
        folder: &str,
        items: &[Item],
    ) -> anyhow::Result<usize> {
        module.imports = paths::imports(items);
        let own = self.modules.len();
        self.modules.push(module);
        for item in items.iter().filter(|item| !paths::only_for_tests(item)) {
            match item {
                Item::Mod(child) => self.child(own, folder, child)?,
                Item::Use(declaration) => self.uses(own, &declaration.tree),
                item => {
                    if let Some(name) = name(item) {
                        self.bind(own, name.to_string(), Binding::Item);
                    }
                }
            }
        }
        Ok(own)
    }

    fn child(&mut self, parent: usize, folder: &str, child: &ItemMod) -> anyhow::Result<()> {
        let name = child.ident.to_string();
        let own_folder = format!("{folder}/{name}");
        let mut path = self.modules[parent].path.clone();
        path.push(name.clone());
        let module = match &child.content {
            Some((_, items)) => {
                let module = Module {
                    path,
                    parent: Some(parent),
                    file: self.modules[parent].file.clone(),
                    names: BTreeMap::new(),
                    globs: Vec::new(),
                    imports: Vec::new(),
                };
                self.module(module, &own_folder, items)?
            }
            None => {
                let candidates = [format!("{own_folder}.rs"), format!("{own_folder}/mod.rs")];
                let file = candidates.into_iter().find(|file| self.tree.text(file).is_some());
                let file = file.with_context(|| format!("{own_folder} has no file"))?;
                self.file(Some(parent), path, file, &own_folder)?
            }
        };
        let private = matches!(child.vis, Visibility::Inherited);
        self.bind(parent, name, Binding::Child { module, private });
        Ok(())
    }

    fn uses(&mut self, module: usize, declaration: &syn::UseTree) {
        for used in paths::leaves(declaration) {
            if used.import.glob {
                self.modules[module].globs.push(used.import.path);
            } else {
                self.bind(module, used.name, Binding::Import(used.import.path));
            }
        }
    }

    fn bind(&mut self, module: usize, name: String, binding: Binding) {
        self.modules[module].names.entry(name).or_default().push(binding);
    }
}

/// The name that an item defines; neither an `impl` nor a call of a macro has one.
fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
