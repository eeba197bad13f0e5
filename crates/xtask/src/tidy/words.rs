//! What no file of the tree may contain.
//!
//! The needles are written in two halves, so that this file does not find itself.

use syn::visit::{self, Visit};

use super::tree::SourceFile;
use super::{Problem, Tree};

const RULE: &str = "words";

/// Text that ties the tree to one machine or one registry mirror, and what it is.
const NEEDLES: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "an absolute path"),
    (concat!("/ro", "ot/"), "an absolute path"),
    (concat!("/ho", "me/"), "an absolute path"),
    (concat!("artifa", "ctory"), "a registry host"),
    (concat!("registry.", "npmjs.org"), "a registry host"),
    (concat!("files.python", "hosted.org"), "a registry host"),
    (concat!("pypi.org", "/simple"), "a registry host"),
    (concat!("index.", "crates.io"), "a registry host"),
];

/// Macros that mark unfinished work.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// Searches every text file for the needles, and every Rust file for unfinished work.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems: Vec<Problem> = tree.files.iter().flat_map(needles).collect();
    problems.extend(tree.rust().flat_map(unfinished));
    problems
}

fn needles(file: &SourceFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for (needle, what) in NEEDLES {
            if line.contains(needle) {
                problems.push(problem(file, at + 1, format!("holds {what}: `{needle}`")));
            }
        }
    }
    problems
}

fn unfinished(file: &SourceFile) -> Vec<Problem> {
    let mut macros = Macros::default();
    if let Ok(syntax) = syn::parse_file(&file.text) {
        macros.visit_file(&syntax);
    }
    let found = macros.found.into_iter();
    found.map(|(name, line)| problem(file, line, format!("`{name}!` is unfinished work"))).collect()
}

/// Collects the lines of macros that mark unfinished work.
#[derive(Default)]
struct Macros {
    found: Vec<(String, usize)>,
}

impl<'ast> Visit<'ast> for Macros {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Some(name) = call.path.segments.last()
            && UNFINISHED.iter().any(|unfinished| name.ident == unfinished)
        {
            self.found.push((name.ident.to_string(), name.ident.span().start().line));
        }
        visit::visit_macro(self, call);
    }
}

fn problem(file: &SourceFile, line: usize, message: String) -> Problem {
    Problem { rule: RULE, place: format!("{}:{line}", file.path), message }
}
