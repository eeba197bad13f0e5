//! The pages that must exist.
//!
//! A byte format has one file and one page: the file's prose names the page by its path,
//! and the page is named by at least one file. Decisions are numbered without a gap.

use std::collections::BTreeSet;

use super::{Problem, Tree};

const RULE: &str = "documents";

/// The pages a stranger looks for, each with the most lines it may have.
const PAGES: &[(&str, usize)] = &[
    ("ARCHITECTURE.md", 300),
    ("CHANGELOG.md", usize::MAX),
    ("DIFFERENCES.md", usize::MAX),
    ("GLOSSARY.md", usize::MAX),
    ("LICENSE-APACHE", usize::MAX),
    ("LICENSE-MIT", usize::MAX),
    ("README.md", usize::MAX),
    ("STYLE.md", usize::MAX),
];

const FORMATS: &str = "docs/format/";
const DECISIONS: &str = "docs/adr";

/// Looks for the pages, the formats' pages and the decisions' numbers.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = pages(tree);
    problems.extend(formats(tree));
    problems.extend(decisions(tree));
    problems.extend(openings(tree));
    problems
}

fn pages(tree: &Tree) -> Vec<Problem> {
    let judge = |(path, lines_max): &(&str, usize)| match tree.text(path) {
        None => Some(problem(path, "is missing".to_owned())),
        Some(text) if text.lines().count() > *lines_max => {
            Some(problem(path, format!("has more than {lines_max} lines")))
        }
        Some(_) => None,
    };
    PAGES.iter().filter_map(judge).collect()
}

fn formats(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut named = BTreeSet::new();
    for file in tree.rust() {
        for page in format_pages(&file.text) {
            if tree.text(&page).is_none() {
                problems.push(problem(&file.path, format!("names {page}, which is missing")));
            }
            named.insert(page);
        }
    }
    for page in tree.below(FORMATS.trim_end_matches('/')) {
        if !named.contains(&page.path) {
            problems.push(problem(&page.path, "is named by no source file".to_owned()));
        }
    }
    problems
}

/// The format pages that a file's prose names.
fn format_pages(text: &str) -> Vec<String> {
    let prose = text.lines().filter(|line| line.trim_start().starts_with("//"));
    prose
        .flat_map(|line| line.match_indices(FORMATS).map(|(at, _)| &line[at..]))
        .filter_map(|rest| rest.find(".md").map(|end| rest[..end + 3].to_owned()))
        .collect()
}

fn decisions(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, file) in tree.below(DECISIONS).enumerate() {
        let expected = format!("{DECISIONS}/{:04}-", at + 1);
        if !file.path.starts_with(&expected) {
            problems.push(problem(&file.path, format!("should be numbered {expected}…")));
        }
    }
    problems
}

/// Every crate opens with prose.
fn openings(tree: &Tree) -> Vec<Problem> {
    let roots = tree.rust().filter(|file| file.path.ends_with("/src/lib.rs"));
    roots
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| problem(&file.path, "must open with what the crate is".to_owned()))
        .collect()
}

fn problem(path: &str, message: String) -> Problem {
    Problem { rule: RULE, place: path.to_owned(), message }
}
