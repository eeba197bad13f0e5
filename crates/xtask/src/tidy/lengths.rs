//! Functions and files, measured.
//!
//! A function is counted from its `fn` line to its closing brace, comments and blank lines
//! included, tests too. A file is counted without its `#[cfg(test)]` modules, and not at all when
//! it is a test or was generated (its first line says `@generated`).

use anyhow::Context;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, File, ImplItemFn, ItemFn, ItemMod, Signature, TraitItemFn};

use super::tree::SourceFile;
use super::{Problem, Tree};

const RULE: &str = "lengths";
/// The wall for one function.
const FUNCTION_LINES_MAX: usize = 70;
/// The wall for one file without its tests.
const FILE_LINES_MAX: usize = 1000;

/// Measures every Rust file.
pub fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in tree.rust() {
        let syntax = syn::parse_file(&file.text).with_context(|| file.path.clone())?;
        problems.extend(functions(file, &syntax));
        problems.extend(whole(file, &syntax));
    }
    Ok(problems)
}

fn functions(file: &SourceFile, syntax: &File) -> Vec<Problem> {
    let mut functions = Functions::default();
    functions.visit_file(syntax);
    let long =
        functions.measured.into_iter().filter(|measured| measured.lines > FUNCTION_LINES_MAX);
    long.map(|function| Problem {
        rule: RULE,
        place: format!("{}:{}", file.path, function.line),
        message: format!(
            "`{}` has {} lines; the wall is {FUNCTION_LINES_MAX}",
            function.name, function.lines
        ),
    })
    .collect()
}

fn whole(file: &SourceFile, syntax: &File) -> Option<Problem> {
    let head = file.text.lines().next().unwrap_or_default();
    if head.contains("@generated") || is_test(&file.path) {
        return None;
    }
    let mut tests = TestModules::default();
    tests.visit_file(syntax);
    let lines = file.text.lines().count() - tests.lines;
    (lines > FILE_LINES_MAX).then(|| Problem {
        rule: RULE,
        place: file.path.clone(),
        message: format!("has {lines} lines without tests; the wall is {FILE_LINES_MAX}"),
    })
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// A function that was measured.
struct Measured {
    name: String,
    line: usize,
    lines: usize,
}

/// Collects every function with a body, nested ones too.
#[derive(Default)]
struct Functions {
    measured: Vec<Measured>,
}

impl Functions {
    fn measure(&mut self, signature: &Signature, body: &Block) {
        let line = signature.span().start().line;
        let lines = body.brace_token.span.close().end().line - line + 1;
        self.measured.push(Measured { name: signature.ident.to_string(), line, lines });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(body) = &item.default {
            self.measure(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// Adds up the lines of inline test modules.
#[derive(Default)]
struct TestModules {
    lines: usize,
}

impl<'ast> Visit<'ast> for TestModules {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.content.is_some() && item.attrs.iter().any(is_cfg_test) {
            self.lines += lines_of(item.span());
        } else {
            visit::visit_item_mod(self, item);
        }
    }
}

/// Whether an attribute says `#[cfg(test)]`.
pub(super) fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
}

fn lines_of(span: Span) -> usize {
    span.end().line - span.start().line + 1
}
