//! The paths that a module writes: `use` declarations, paths in place, and those within macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemUse, Macro, UseTree, VisRestricted};

use super::super::lengths::is_cfg_test;

/// A path that reaches for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// Its segments, as they are written.
    pub(super) path: Vec<String>,
    /// Whether it ends in `::*`.
    pub(super) glob: bool,
    /// The line in the file, from 1.
    pub(super) line: usize,
}

/// One leaf of a `use` declaration.
pub(super) struct Leaf {
    /// The name under which the module knows it; `_` is none.
    pub(super) name: String,
    pub(super) import: Import,
}

/// Every path of `items` that could name another module's item, without those of modules within.
pub(super) fn imports(items: &[Item]) -> Vec<Import> {
    let mut paths = Paths::default();
    for item in items {
        paths.visit_item(item);
    }
    paths.imports
}

/// The leaves of a `use` declaration.
pub(super) fn leaves(declaration: &UseTree) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    flatten(declaration, &mut Vec::new(), &mut leaves);
    leaves
}

fn flatten(tree: &UseTree, above: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(step) => {
            above.push(step.ident.to_string());
            flatten(&step.tree, above, leaves);
            above.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, above, leaves);
            }
        }
        UseTree::Glob(_) => leaves.push(leaf(above, None, String::new(), tree)),
        UseTree::Name(last) => {
            let last = last.ident.to_string();
            let name = match above.last() {
                Some(module) if last == "self" => module.clone(),
                _ => last.clone(),
            };
            leaves.push(leaf(above, Some(last), name, tree));
        }
        UseTree::Rename(renamed) => {
            let last = renamed.ident.to_string();
            leaves.push(leaf(above, Some(last), renamed.rename.to_string(), tree));
        }
    }
}

fn leaf(above: &[String], last: Option<String>, name: String, tree: &UseTree) -> Leaf {
    let glob = last.is_none();
    let mut path = above.to_vec();
    path.extend(last.filter(|last| above.is_empty() || last != "self"));
    Leaf { name, import: Import { path, glob, line: tree.span().start().line } }
}

/// Whether an item is compiled for tests only.
pub(super) fn only_for_tests(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    };
    attributes.iter().any(is_cfg_test)
}

/// Collects imports. A path of one segment is left out: it names what the module has already, by
/// a definition or by a `use` that counts itself.
#[derive(Default)]
struct Paths {
    imports: Vec<Import>,
}

impl Paths {
    fn push(&mut self, path: Vec<String>, line: usize) {
        if path.len() > 1 {
            self.imports.push(Import { path, glob: false, line });
        }
    }

    /// The paths in a macro's tokens: identifiers with `::` between them.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut colons, mut line) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.push(std::mem::take(&mut path), line);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                }
                other => {
                    self.push(std::mem::take(&mut path), line);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.push(path, line);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        if !only_for_tests(item) && !matches!(item, Item::Mod(_)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let tests = matches!(item, ImplItem::Fn(item) if item.attrs.iter().any(is_cfg_test));
        if !tests {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            self.imports.extend(leaves(&item.tree).into_iter().map(|leaf| leaf.import));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string());
            self.push(segments.collect(), path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    /// An attribute imports nothing.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    /// `pub(in path)` imports nothing.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}
}
